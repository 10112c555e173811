import type { ParkableReactor } from './parking-events.ts'
import type { Wish } from './wish.ts'

/** A reactor gives work up that failed again and again. */
export interface ParkReactor extends Wish<'ParkReactor'> {
  readonly reactor: ParkableReactor
  readonly code: string
  readonly failures: number
}
/** Have work tried again that was parked, or was to be left undone. */
export interface RetryParked extends Wish<'RetryParked'> {
  readonly reactor: ParkableReactor
}
/** Leave parked work undone: what was wished of it is withdrawn. */
export interface SkipParked extends Wish<'SkipParked'> {
  readonly reactor: ParkableReactor
}

/** What becomes of work that fails. */
export type ParkingCommand = ParkReactor | RetryParked | SkipParked
