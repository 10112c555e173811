import type { CommunityEvent } from './events.ts'
import { newChancesOf } from './new-chance.ts'
import type { ParkableReactor, ParkingEvent } from './parking-events.ts'

/** What became of a community's work that failed too often, by reactor. Such work is left alone until it has a new chance. */
export interface Parking {
  /** Why the work failed that waits for somebody to decide: a failure code, or the name of a refusal. */
  readonly parked: ReadonlyMap<ParkableReactor, string>
  /** The work that somebody decided to leave undone. */
  readonly skipped: ReadonlySet<ParkableReactor>
}

/** No work was ever given up. */
export const NOTHING_PARKED: Parking = { parked: new Map(), skipped: new Set() }

/** The same after one more fact of the community. */
export function evolveParking(parking: Parking, event: CommunityEvent): Parking {
  switch (event.type) {
    case 'ReactorParked':
      return { ...parking, parked: new Map(parking.parked).set(event.data.reactor, event.data.code) }
    case 'ReactorRetried':
      return withNewChance(parking, [event.data.reactor])
    case 'ReactorSkipped': {
      const { reactor } = event.data
      const { parked, skipped } = withNewChance(parking, [reactor])
      return { parked, skipped: new Set(skipped).add(reactor) }
    }
    default:
      return withNewChance(parking, newChancesOf(event.type))
  }
}

/** Whether an event bears on parking alone. */
export function isParking(event: CommunityEvent): event is ParkingEvent {
  return event.type === 'ReactorParked' || event.type === 'ReactorRetried' || event.type === 'ReactorSkipped'
}

/** Mostly nothing is parked, and nothing is copied then. */
function withNewChance(parking: Parking, reactors: readonly ParkableReactor[]): Parking {
  if (parking.parked.size + parking.skipped.size === 0 || reactors.length === 0) return parking
  const [parked, skipped] = [new Map(parking.parked), new Set(parking.skipped)]
  for (const reactor of reactors) {
    parked.delete(reactor)
    skipped.delete(reactor)
  }
  return { parked, skipped }
}
