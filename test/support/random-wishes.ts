import fc from 'fast-check'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityCommand } from '../../src/domain/commands.ts'
import type { Community, KnownCommunity } from '../../src/domain/community.ts'
import type { DropReason } from '../../src/domain/events.ts'
import type { ArchiveFailureCode, SeedingFailureCode } from '../../src/domain/failure-codes.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { nextClock } from '../../src/domain/magnet.ts'
import type { UnixMillis, UnixSeconds } from '../../src/domain/time.ts'
import { announcement, COMMUNITY, infoHash, packed, runId, TOPICS } from './community-facts.ts'
import { PARKING_WEIGHTS, parkingWishOf } from './random-parking-wishes.ts'
import { forwardMemberType, MEMBER_WEIGHTS, memberWishOf, torrentNumber } from './random-member-wishes.ts'

/**
 * A wish in outline, filled in by `wishOf` from the state that it meets: so most are granted, and a
 * sequence stays meaningful when fast-check leaves out a part of it.
 */
export interface Outline {
  /** Null: whatever brings the community nearest to its next torrent being served. */
  readonly type: CommunityCommand['type'] | null
  /** Chooses among the torrents there are. */
  readonly which: number
  /** Chooses among reasons, codes, roles and such. */
  readonly pick: number
  /** One in eight is not as it should be: another run, range, offset, clock or torrent. */
  readonly isWrong: boolean
}

/** How often each wish is made, out of 123: torrents roll over, and everything interrupts that. */
const WEIGHTS: Readonly<Record<CommunityCommand['type'], number>> = {
  AddCommunity: 2,
  LeaveCommunity: 2,
  PurgeCommunity: 3,
  ForgetCommunity: 1,
  ChangeSettings: 1,
  ChangeContentTopics: 1,
  EnableArchiving: 2,
  DisableArchiving: 1,
  CreateArchive: 4,
  CreateScheduledArchive: 2,
  RecordArchiveCreated: 4,
  RecordNoArchiveCreated: 1,
  RecordArchiveCreationFailed: 1,
  RequestSeeding: 2,
  WithdrawSeeding: 1,
  RecordSeedingStarted: 6,
  RecordSeedingFailed: 4,
  RecordUnseeded: 8,
  RecordArchivesVerified: 1,
  RecordArchiveRepaired: 1,
  DispatchMagnetlink: 8,
  ...MEMBER_WEIGHTS,
  ...PARKING_WEIGHTS,
}

const FORWARD_WEIGHT = 44

/** A wish in outline, of any type. */
export const outline: fc.Arbitrary<Outline> = fc.record({
  type: fc.oneof(
    { weight: FORWARD_WEIGHT, arbitrary: fc.constant(null) },
    ...Object.entries(WEIGHTS).map(([type, weight]) => ({
      weight,
      arbitrary: fc.constant(type as CommunityCommand['type']),
    })),
  ),
  which: fc.nat(11),
  pick: fc.nat(11),
  isWrong: fc.nat(7).map((one) => one === 7),
})

/** What a control node in good order would do next, with its newest torrent. */
function forward(community: Community, pick: number): Outline & Pick<CommunityCommand, 'type'> {
  return { type: forwardType(community, pick), which: 0, pick, isWrong: false }
}

function forwardType(community: Community, pick: number): CommunityCommand['type'] {
  if (community.status !== 'ADDED') return 'AddCommunity'
  if (community.archiving === 'DISABLED') return 'EnableArchiving'
  if (community.seeding === 'WITHDRAWN') return 'RequestSeeding'
  const { newest, served } = community.torrents
  if (newest !== null && !served.has(newest)) return 'RecordSeedingStarted'
  if (community.role === 'MEMBER') return forwardMemberType(community, pick) ?? 'LeaveCommunity'
  if (newest !== null && !community.dispatched.has(newest)) return 'DispatchMagnetlink'
  return community.run === null ? 'CreateArchive' : 'RecordArchiveCreated'
}

const REASONS: readonly DropReason[] = ['REPLACED', 'REPLACED', 'LEFT', 'DISABLED', 'OFFLINE']
const SEEDING_CODES: readonly SeedingFailureCode[] = ['FILES_MISSING', 'TIMED_OUT', 'PIECES_DAMAGED']
const ARCHIVE_CODES: readonly ArchiveFailureCode[] = ['INTERRUPTED', 'DISK_FULL', 'INTERNAL']
/** Where the numbers of runs and torrents that never were begin. */
const UNHEARD_OF = 1_000_000

/**
 * The wish that an outline stands for.
 *
 * @param step Counts the wishes: no two are made at the same time, and each new run has its number.
 */
export function wishOf(rough: Outline, step: number, community: Community): CommunityCommand {
  const { type, which, pick, isWrong } =
    rough.type === null ? forward(community, rough.pick) : { ...rough, type: rough.type }
  const communityId = COMMUNITY
  const now = (1_700_000_000 + step * 3600) as UnixSeconds
  const known = community.status === 'UNKNOWN' ? null : community
  const isOther = isWrong && pick % 2 === 0
  const run = isOther ? runId(UNHEARD_OF) : (known?.run?.runId ?? runId(UNHEARD_OF))
  const torrent = isOther ? infoHash(UNHEARD_OF) : torrentOf(known, which)
  switch (type) {
    case 'AddCommunity': {
      const contentTopics = known !== null && pick < 8 ? known.contentTopics : TOPICS
      return { type, communityId, role: pick < 3 ? 'MEMBER' : 'CONTROL_NODE', contentTopics, archiving: pick < 10 }
    }
    case 'ChangeContentTopics':
      return { type, communityId, contentTopics: isWrong ? [...TOPICS, ...TOPICS] : rotated(pick) }
    case 'CreateArchive': {
      const range = isWrong ? { from: (now - pick) as UnixSeconds, to: now } : { from: null, to: null }
      const oldestMessageAt = (now - 3600) as UnixSeconds
      return { type, communityId, runId: runId(step), ...range, now, oldestMessageAt, protocolEnabled: pick > 0 }
    }
    case 'CreateScheduledArchive': {
      const oldestMessageAt = (now - 8 * 86_400 + pick * 86_400) as UnixSeconds
      return { type, communityId, runId: runId(step), now, oldestMessageAt, oldestLateAt: null, protocolEnabled: true }
    }
    case 'ChangeSettings':
      return { type, communityId, changes: isWrong ? { graceSeconds: -1 } : { graceSeconds: pick, quotaBytes: null } }
    case 'RecordArchivesVerified': {
      const damage = { pieces: [{ from: pick, to: pick + 1 }], pieceCount: 1, archives: [], index: false }
      const found = pick < 6 ? { ...damage, torrentFile: false } : null
      return { type, communityId, infoHash: torrent, pieces: 12, damage: found }
    }
    case 'RecordArchiveRepaired': {
      const mended = { part: 'INDEX', archiveId: null, pieces: pick, source: 'LOG' } as const
      return { type, communityId, infoHash: torrent, ...mended }
    }
    case 'RecordArchiveCreated': {
      const { generation, start } = appendedTo(known, pick)
      const archive = packed(step, isWrong ? start + pick : start)
      const made = { runId: run, generation, infoHash: torrentNumber(step, archive.dataBytes / PIECE_BYTES) }
      return { type, communityId, archive: { ...archive, ...made } }
    }
    case 'RecordNoArchiveCreated':
      return { type, communityId, runId: run, recordedUpTo: step }
    case 'RecordArchiveCreationFailed':
      return { type, communityId, runId: run, code: chosen(ARCHIVE_CODES, pick), numbers: { wanted: pick, free: step } }
    case 'RecordSeedingStarted':
      return { type, communityId, infoHash: torrent }
    case 'RecordSeedingFailed':
      return { type, communityId, infoHash: torrent, code: chosen(SEEDING_CODES, pick) }
    case 'RecordUnseeded':
      return { type, communityId, infoHash: torrent, reason: chosen(REASONS, pick) }
    case 'DispatchMagnetlink': {
      const clock = nextClock(known?.lastClock ?? null, (now * 1000) as UnixMillis) - (isWrong ? 3_600_000 * pick : 0)
      const link = { ...announcement(0, clock), infoHash: torrent }
      return { type, communityId, ...link, occasion: pick % 4 === 3 ? 'AGAIN' : 'FIRST' }
    }
    case 'ParkReactor':
    case 'RetryParked':
    case 'SkipParked':
      return parkingWishOf(type, { which, pick, isWrong }, community)
    case 'LeaveCommunity':
    case 'PurgeCommunity':
    case 'ForgetCommunity':
    case 'EnableArchiving':
    case 'DisableArchiving':
    case 'RequestSeeding':
    case 'WithdrawSeeding':
      return { type, communityId }
    default:
      return memberWishOf(type, { which, pick, isWrong }, step, community)
  }
}

/** Where a run appends: after what runs packed last, or to a new file; now and then where it must not. */
function appendedTo(known: KnownCommunity | null, pick: number): { generation: number; start: number } {
  if (known === null) return { generation: 1, start: 0 }
  const { origin, generation, sizeBytes } = known.data
  const isNew = pick === 0 || generation === 0 || origin === 'FETCHED'
  if (isNew && pick !== 1) return { generation: known.generations.newest + 1, start: 0 }
  return { generation: Math.max(generation, 1), start: sizeBytes }
}

/** Mostly one that has a part in the rollover, sometimes one that had. */
function torrentOf(known: KnownCommunity | null, which: number): InfoHash {
  if (known === null) return infoHash(UNHEARD_OF)
  const { newest, current, retiring, served } = known.torrents
  const candidates = [newest, current, newest, retiring, ...served, ...known.dispatched]
  return chosen(candidates, which) ?? newest ?? infoHash(UNHEARD_OF)
}

function rotated(count: number): typeof TOPICS {
  const start = count % TOPICS.length
  return [...TOPICS.slice(start), ...TOPICS.slice(0, start)]
}

function chosen<Item>(items: readonly Item[], pick: number): Item {
  return items[pick % items.length] as Item
}
