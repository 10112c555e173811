import type { Community } from '../../src/domain/community.ts'
import { PARKABLE_REACTORS } from '../../src/domain/new-chance.ts'
import { NOTHING_PARKED } from '../../src/domain/parking.ts'
import type { ParkingCommand } from '../../src/domain/parking-commands.ts'
import type { ParkableReactor } from '../../src/domain/parking-events.ts'
import { COMMUNITY } from './community-facts.ts'

/** How often work is given up, and somebody decides what becomes of it. */
export const PARKING_WEIGHTS: Readonly<Record<ParkingCommand['type'], number>> = {
  ParkReactor: 4,
  RetryParked: 1,
  SkipParked: 1,
}

interface Choices {
  readonly which: number
  readonly pick: number
  readonly isWrong: boolean
}

/** The wish about work that failed that these choices stand for: mostly about what is parked, sometimes what was skipped. */
export function parkingWishOf(
  type: ParkingCommand['type'],
  { which, pick, isWrong }: Choices,
  community: Community,
): ParkingCommand {
  const code = which < 6 ? 'FILES_MISSING' : 'TIMED_OUT'
  if (type === 'ParkReactor') {
    return { type, communityId: COMMUNITY, reactor: chosen(pick), code, failures: which + 1 }
  }
  const { parked, skipped } = community.status === 'UNKNOWN' ? NOTHING_PARKED : community.parking
  const [first] = isWrong ? [] : [...parked.keys(), ...skipped]
  return { type, communityId: COMMUNITY, reactor: first ?? chosen(which) }
}

function chosen(pick: number): ParkableReactor {
  return PARKABLE_REACTORS[pick % PARKABLE_REACTORS.length] as ParkableReactor
}
