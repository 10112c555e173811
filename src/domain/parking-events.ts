import type { Fact } from './fact.ts'

/** The reactors whose work for a community can be parked. */
export type ParkableReactor = 'seeding' | 'dispatching' | 'repairing' | 'downloading' | 'importing'

/** A reactor failed so often for the community that it leaves it alone, until somebody decides what becomes of it. */
export type ReactorParked = Fact<
  'ReactorParked',
  {
    readonly reactor: ParkableReactor
    /** Why it failed last: a failure code, or the name of a refusal. */
    readonly code: string
    /** How often it failed in a row. */
    readonly failures: number
  }
>
/** An operator has it tried again. */
export type ReactorRetried = Fact<'ReactorRetried', { readonly reactor: ParkableReactor }>
/** An operator has it left undone: what was wished of it is withdrawn by the events beside this one. */
export type ReactorSkipped = Fact<'ReactorSkipped', { readonly reactor: ParkableReactor }>

/** What became of work that was given up. */
export type ParkingEvent = ReactorParked | ReactorRetried | ReactorSkipped
