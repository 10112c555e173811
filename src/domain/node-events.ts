import type { RunId } from './archive.ts'
import type { NodeFact, Nothing } from './fact.ts'
import type { UnixMillis } from './time.ts'

/** A process began to run on this data directory. */
export type NodeStarted = NodeFact<
  'NodeStarted',
  {
    readonly runId: RunId
    readonly version: string
    /** When the process before was last known to live, if it did not say goodbye. */
    readonly lastSeenAt: UnixMillis | null
  }
>
/** The process said goodbye. Without it, the next NodeStarted tells when it was last seen. */
export type NodeStopped = NodeFact<'NodeStopped', { readonly runId: RunId }>
/** Archiving is on for all communities that opted in. It is so at first. */
export type ProtocolEnabled = NodeFact<'ProtocolEnabled', Nothing>
/** Archiving is off for all communities: nothing is created, fetched or seeded. */
export type ProtocolDisabled = NodeFact<'ProtocolDisabled', Nothing>
/** The node may use the network. It is so at first. */
export type NodeWentOnline = NodeFact<'NodeWentOnline', Nothing>
/** The node may not use the network: nothing is seeded until it is online. */
export type NodeWentOffline = NodeFact<'NodeWentOffline', Nothing>
/** The torrent client's process is gone; nothing is served until it is up. */
export type TorrentClientDown = NodeFact<
  'TorrentClientDown',
  { readonly exitCode: number | null; readonly signal: string | null }
>
/** The torrent client's process is back. */
export type TorrentClientUp = NodeFact<'TorrentClientUp', Nothing>

export type NodeEvent =
  | NodeStarted
  | NodeStopped
  | ProtocolEnabled
  | ProtocolDisabled
  | NodeWentOnline
  | NodeWentOffline
  | TorrentClientDown
  | TorrentClientUp
