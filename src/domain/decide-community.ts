import type { CommunityCommand } from './commands.ts'
import type { Community, Decision, KnownCommunity } from './community.ts'
import {
  createArchive,
  createScheduledArchive,
  recordArchiveCreated,
  recordArchiveCreationFailed,
  recordNoArchiveCreated,
} from './decide-archiving.ts'
import { dispatchMagnetlink } from './decide-dispatching.ts'
import { decideMember } from './decide-member.ts'
import {
  addCommunity,
  changeContentTopics,
  changeSettings,
  disableArchiving,
  enableArchiving,
  forgetCommunity,
  leaveCommunity,
  purgeCommunity,
} from './decide-membership.ts'
import { decideParking } from './decide-parking.ts'
import {
  recordSeedingFailed,
  recordSeedingStarted,
  recordUnseeded,
  requestSeeding,
  withdrawSeeding,
} from './decide-seeding.ts'
import { recordArchiveRepaired, recordArchivesVerified } from './decide-verification.ts'
import type { MemberCommand } from './member-commands.ts'
import { err } from './result.ts'

/**
 * Decides what a wish about a community leads to. Pure: no clock, no chance, no throw.
 *
 * @returns The events to append, none when the state is already as wished; or the refusal that
 *   names the state which bars the way.
 */
export function decideCommunity(command: CommunityCommand, community: Community): Decision {
  if (command.type === 'AddCommunity') return addCommunity(command, community)
  if (community.status === 'UNKNOWN') return err({ type: 'CommunityNotFound' })
  switch (command.type) {
    case 'LeaveCommunity':
      return leaveCommunity(command, community)
    case 'PurgeCommunity':
      return purgeCommunity(command, community)
    case 'ForgetCommunity':
      return forgetCommunity(command, community)
    case 'ChangeSettings':
      return changeSettings(command, community)
    case 'ChangeContentTopics':
      return changeContentTopics(command, community)
    case 'EnableArchiving':
      return enableArchiving(command, community)
    case 'DisableArchiving':
      return disableArchiving(command, community)
    case 'CreateArchive':
      return createArchive(command, community)
    case 'CreateScheduledArchive':
      return createScheduledArchive(command, community)
    case 'RequestSeeding':
      return requestSeeding(command, community)
    case 'WithdrawSeeding':
      return withdrawSeeding(command, community)
    case 'DispatchMagnetlink':
      return dispatchMagnetlink(command, community)
    case 'ParkReactor':
    case 'RetryParked':
    case 'SkipParked':
      return decideParking(command, community)
    default:
      return decideRecord(command, community)
  }
}

/** What was observed of the world, and what is a member's alone. */
function decideRecord(
  command: Extract<CommunityCommand, { type: `Record${string}` }> | MemberCommand,
  community: KnownCommunity,
): Decision {
  switch (command.type) {
    case 'RecordArchiveCreated':
      return recordArchiveCreated(command, community)
    case 'RecordNoArchiveCreated':
      return recordNoArchiveCreated(command, community)
    case 'RecordArchiveCreationFailed':
      return recordArchiveCreationFailed(command, community)
    case 'RecordSeedingStarted':
      return recordSeedingStarted(command, community)
    case 'RecordSeedingFailed':
      return recordSeedingFailed(command, community)
    case 'RecordUnseeded':
      return recordUnseeded(command, community)
    case 'RecordArchivesVerified':
      return recordArchivesVerified(command, community)
    case 'RecordArchiveRepaired':
      return recordArchiveRepaired(command, community)
    default:
      return decideMember(command, community)
  }
}
