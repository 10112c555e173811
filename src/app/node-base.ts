import type { Logger } from 'pino'
import type { WallClock } from '../reactors/wall-clock.ts'
import type { DiskSpace } from './packing/disk-space.ts'
import type { Settings } from './settings.ts'
import type { Stores } from './stores.ts'
import type { Telemetry } from './telemetry/start-telemetry.ts'

/** What all parts of a node stand on. */
export interface NodeBase {
  readonly settings: Settings
  readonly stores: Stores
  readonly wallClock: WallClock
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly space: DiskSpace
}
