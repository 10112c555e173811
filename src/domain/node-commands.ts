import type { RunId } from './archive.ts'
import type { Clock } from './magnet.ts'
import type { CheckpointSigned } from './node-events.ts'
import type { UnixMillis } from './time.ts'
import type { TokenCommand } from './token-commands.ts'
import type { WebhookCommand } from './webhook-commands.ts'

export interface RecordNodeStarted {
  readonly type: 'RecordNodeStarted'
  readonly runId: RunId
  readonly version: string
  readonly lastSeenAt: UnixMillis | null
}
export interface RecordNodeStopped {
  readonly type: 'RecordNodeStopped'
}
export interface EnableProtocol {
  readonly type: 'EnableProtocol'
}
export interface DisableProtocol {
  readonly type: 'DisableProtocol'
}
export interface SetOnline {
  readonly type: 'SetOnline'
  readonly online: boolean
}
export interface RecordTorrentClientDown {
  readonly type: 'RecordTorrentClientDown'
  readonly exitCode: number | null
  readonly signal: string | null
}
export interface RecordTorrentClientUp {
  readonly type: 'RecordTorrentClientUp'
}

/** The log was brought back from a back-up. */
export interface RecordLogRestored {
  readonly type: 'RecordLogRestored'
  /** A random UUID. */
  readonly incarnation: string
  readonly clockFloor: Clock
}

/** The node signed a checkpoint: what it says, and the signature. */
export interface RecordCheckpointSigned {
  readonly type: 'RecordCheckpointSigned'
  readonly checkpoint: CheckpointSigned['data']
}

export type NodeCommand =
  | RecordNodeStarted
  | RecordNodeStopped
  | EnableProtocol
  | DisableProtocol
  | SetOnline
  | RecordTorrentClientDown
  | RecordTorrentClientUp
  | RecordCheckpointSigned
  | RecordLogRestored
  | TokenCommand
  | WebhookCommand
