import type { Decision, KnownCommunity } from './community.ts'
import { cancelDownload } from './decide-downloads.ts'
import { recordImportFinished } from './decide-imports.ts'
import { withdrawSeeding } from './decide-seeding.ts'
import type { ParkingCommand, ParkReactor, RetryParked, SkipParked } from './parking-commands.ts'
import type { ArchivingIsDisabled, CommunityWasLeft, SeedingIsWithdrawn } from './refusals.ts'
import { err, ok } from './result.ts'

export function decideParking(command: ParkingCommand, community: KnownCommunity): Decision {
  switch (command.type) {
    case 'ParkReactor':
      return parkReactor(command, community)
    case 'RetryParked':
      return retryParked(command, community)
    case 'SkipParked':
      return skipParked(command, community)
  }
}

/** Once, until the work has a new chance: whoever finds it failing still has nothing new to tell. */
function parkReactor({ communityId, reactor, code, failures }: ParkReactor, community: KnownCommunity): Decision {
  const bar = barToWork(reactor, community)
  if (bar !== null) return err(bar)
  const { parked, skipped } = community.parking
  if (parked.has(reactor) || skipped.has(reactor)) return ok([])
  return ok([{ type: 'ReactorParked', communityId, data: { reactor, code, failures } }])
}

/** What nobody wants done cannot fail: the wish changed while it was tried. Damage is mended for runs too. */
function barToWork(
  reactor: ParkReactor['reactor'],
  { status, archiving, seeding }: KnownCommunity,
): CommunityWasLeft | ArchivingIsDisabled | SeedingIsWithdrawn | null {
  if (status === 'LEFT') return { type: 'CommunityWasLeft' }
  if (archiving === 'DISABLED') return { type: 'ArchivingIsDisabled' }
  return seeding === 'WITHDRAWN' && reactor !== 'repairing' ? { type: 'SeedingIsWithdrawn' } : null
}

function retryParked({ communityId, reactor }: RetryParked, { parking }: KnownCommunity): Decision {
  if (!parking.parked.has(reactor) && !parking.skipped.has(reactor)) return err({ type: 'NothingParked' })
  return ok([{ type: 'ReactorRetried', communityId, data: { reactor } }])
}

/** Skipped twice is skipped; a download or an import that has ended meanwhile leaves nothing to withdraw. */
function skipParked(command: SkipParked, community: KnownCommunity): Decision {
  const { communityId, reactor } = command
  if (community.parking.skipped.has(reactor)) return ok([])
  if (!community.parking.parked.has(reactor)) return err({ type: 'NothingParked' })
  const withdrawn = withdrawWish(command, community)
  if (!withdrawn.ok) return withdrawn
  return ok([{ type: 'ReactorSkipped', communityId, data: { reactor } }, ...withdrawn.value])
}

/**
 * The events by which the wish behind the work ends. Dispatching and repairing have none: that they are skipped is
 * remembered until they have a new chance, and the community is not told, and the damage stays as it is.
 */
function withdrawWish({ communityId, reactor }: SkipParked, community: KnownCommunity): Decision {
  switch (reactor) {
    case 'seeding':
      return withdrawSeeding({ type: 'WithdrawSeeding', communityId }, community)
    case 'downloading':
      return cancelDownload({ type: 'CancelDownload', communityId }, community)
    case 'importing': {
      const importId = community.membership.import?.importId
      if (importId === undefined) return ok([])
      return recordImportFinished({ type: 'RecordImportFinished', communityId, importId }, community)
    }
    case 'dispatching':
    case 'repairing':
      return ok([])
  }
}
