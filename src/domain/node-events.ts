import type { RunId } from './archive.ts'
import type { NodeFact, Nothing } from './fact.ts'
import type { Clock } from './magnet.ts'
import type { UnixMillis } from './time.ts'
import type { TokenEvent } from './token-events.ts'
import type { WebhookEvent } from './webhook-events.ts'

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

/** The node vouched for the log as it was then, in a note that can be kept elsewhere. */
export type CheckpointSigned = NodeFact<
  'CheckpointSigned',
  {
    /** How many events it covers: all up to this position. */
    readonly size: number
    /** The root of the Merkle tree over them, 32 bytes in hex (RFC 6962). */
    readonly root: string
    /** The chain's link of the last of them, 32 bytes in hex. */
    readonly link: string
    /** The node key that signed: Ed25519, 32 bytes in hex. */
    readonly publicKey: string
    /** Over the text of the note (`src/formats/checkpoint.ts`), 64 bytes in hex: so the log itself can give the note again. */
    readonly signature: string
  }
>
/**
 * The log was brought back from a back-up: what may have been recorded after the event before this one is not part of it.
 *
 * Cursors given out from here on name the incarnation, and not the log, so that those of what was lost are told from them.
 */
export type LogRestored = NodeFact<
  'LogRestored',
  {
    /** A random UUID. */
    readonly incarnation: string
    /** No clock that this node dispatches from here on is below it. */
    readonly clockFloor: Clock
  }
>

export type NodeEvent =
  | NodeStarted
  | NodeStopped
  | ProtocolEnabled
  | ProtocolDisabled
  | NodeWentOnline
  | NodeWentOffline
  | TorrentClientDown
  | TorrentClientUp
  | CheckpointSigned
  | LogRestored
  | TokenEvent
  | WebhookEvent
