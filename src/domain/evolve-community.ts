import type { Community, Generations, KnownCommunity } from './community.ts'
import { defaultSettings } from './community-settings.ts'
import { evolveMembership } from './evolve-membership.ts'
import { cameBack, failed, NO_TORRENTS, started, unseeded } from './evolve-torrents.ts'
import type { DownloadFinished, MemberEvent } from './member-events.ts'
import type { ParkingEvent } from './parking-events.ts'
import { evolveParking, isParking, NOTHING_PARKED } from './parking.ts'
import { NEW_MEMBERSHIP, NOTHING_FETCHED, type Membership } from './member.ts'
import type {
  ArchiveCreated,
  ArchiveCreationFailed,
  ArchiveCreationStarted,
  CommunityEvent,
  MagnetlinkDispatched,
  NoArchiveCreated,
} from './events.ts'

/** Nothing is archived: the next run begins with the oldest message again. */
const NO_HISTORY = {
  archivedUpTo: null,
  recordedUpTo: 0,
  data: { origin: 'PACKED', generation: 0, sizeBytes: 0 },
  generations: { newest: 0, packed: new Set() },
  torrents: NO_TORRENTS,
} as const satisfies Partial<KnownCommunity>

const NEW: Omit<KnownCommunity, 'role'> = {
  status: 'ADDED',
  isForgotten: false,
  contentTopics: [],
  settings: defaultSettings,
  archiving: 'DISABLED',
  seeding: 'REQUESTED',
  run: null,
  ...NO_HISTORY,
  lastClock: null,
  dispatched: new Set(),
  membership: NEW_MEMBERSHIP,
  parking: NOTHING_PARKED,
}

/**
 * The state after one more fact.
 *
 * Never refuses: each event was true when it was written. A fact about a community that was never
 * added changes nothing, as the decider writes none.
 */
export function evolveCommunity(community: Community, event: CommunityEvent): Community {
  if (event.type === 'CommunityAdded') return added(community, event.data.role)
  if (community.status === 'UNKNOWN') return community
  const parking = evolveParking(community.parking, event)
  const evolved = parking === community.parking ? community : { ...community, parking }
  return isParking(event) ? evolved : evolveKnown(evolved, event)
}

/** Files, runs, settings, followed nodes and the floor of the clock are kept over a leave; wishes begin anew, and who shows links to everybody says so anew. */
function added(community: Community, role: KnownCommunity['role']): KnownCommunity {
  return community.status === 'UNKNOWN'
    ? { ...NEW, role }
    : {
        ...community,
        status: 'ADDED',
        isForgotten: false,
        role,
        archiving: 'DISABLED',
        seeding: 'REQUESTED',
        parking: NOTHING_PARKED,
        settings: { ...community.settings, publicMagnetlinks: null },
      }
}

type RunEvent = ArchiveCreationStarted | ArchiveCreated | NoArchiveCreated | ArchiveCreationFailed

type KnownEvent = Exclude<CommunityEvent, ParkingEvent | { type: 'CommunityAdded' }>

function evolveKnown(community: KnownCommunity, event: KnownEvent): Community {
  switch (event.type) {
    case 'CommunityLeft':
      return { ...endGrace(community), status: 'LEFT', membership: { ...community.membership, import: null } }
    case 'CommunityPurged':
      return { ...community, ...NO_HISTORY, membership: purged(community.membership) }
    case 'CommunityForgotten':
      return forgotten(community)
    case 'SettingsChanged':
      return { ...community, settings: event.data }
    case 'ContentTopicsChanged':
      return { ...community, contentTopics: event.data.contentTopics }
    case 'ArchivingEnabled':
      return { ...community, archiving: 'ENABLED' }
    case 'ArchivingDisabled':
      return { ...endGrace(community), archiving: 'DISABLED' }
    case 'SeedingRequested':
      return { ...community, seeding: 'REQUESTED' }
    case 'SeedingWithdrawn':
      return { ...endGrace(community), seeding: 'WITHDRAWN' }
    case 'ArchiveCreationStarted':
    case 'ArchiveCreated':
    case 'NoArchiveCreated':
    case 'ArchiveCreationFailed':
      return evolveRun(community, event)
    case 'SeedingStarted':
      return { ...community, torrents: started(community.torrents, event.data) }
    case 'SeedingFailed':
      return { ...community, torrents: failed(community.torrents, event.data) }
    case 'Unseeded':
      return { ...community, torrents: unseeded(community.torrents, event.data) }
    case 'ArchivesVerified':
    case 'ArchiveRepaired':
      // What follows for seeding is told by events of its own.
      return community
    case 'MagnetlinkDispatched':
      return told(community, event.data)
    default:
      return evolveMember(community, event)
  }
}

/** It is the newest link for a member as well, which this node may be next, and has the files of it. */
function told(community: KnownCommunity, { clock, infoHash, magnetUri }: MagnetlinkDispatched['data']): KnownCommunity {
  const membership = { ...community.membership, link: { clock, infoHash, magnetUri }, dealtWith: infoHash }
  const before = community.dispatched
  // Mostly it is told again, and a history of years is replayed: it is copied only where it grows.
  const dispatched = before.has(infoHash) ? before : new Set(before).add(infoHash)
  return { ...community, lastClock: clock, dispatched, membership }
}

function evolveRun(community: KnownCommunity, event: RunEvent): KnownCommunity {
  switch (event.type) {
    case 'ArchiveCreationStarted':
      return { ...community, run: event.data }
    case 'ArchiveCreated': {
      const { to, recordedUpTo, generation, dataBytes: sizeBytes, infoHash: newest } = event.data
      const torrents = { ...community.torrents, newest }
      const data = { origin: 'PACKED', generation, sizeBytes } as const
      const { packed } = community.generations
      const generations = { ...withGeneration(community, generation), packed: new Set(packed).add(generation) }
      return { ...community, run: null, archivedUpTo: to, recordedUpTo, data, generations, torrents }
    }
    case 'NoArchiveCreated':
      return { ...community, run: null, archivedUpTo: event.data.to, recordedUpTo: event.data.recordedUpTo }
    case 'ArchiveCreationFailed':
      return { ...community, run: null }
  }
}

function evolveMember(community: KnownCommunity, event: MemberEvent): KnownCommunity {
  const evolved = { ...community, membership: evolveMembership(community.membership, event) }
  switch (event.type) {
    case 'MagnetlinkReceived':
      return { ...evolved, lastClock: event.data.clock }
    case 'ArchiveDownloaded':
      return { ...evolved, generations: withGeneration(community, event.data.generation) }
    case 'DownloadFinished':
      return { ...evolved, ...fetched(community, event.data) }
    default:
      return evolved
  }
}

/**
 * Like a run of the control node: what was fetched is the newest, and is served next.
 *
 * What this node packed itself before is not part of it: should it be the control node again, its first run begins with
 * the oldest message.
 */
function fetched(
  community: KnownCommunity,
  { infoHash: newest, generation, dataBytes: sizeBytes }: DownloadFinished['data'],
): Partial<KnownCommunity> {
  const data = { origin: 'FETCHED', generation, sizeBytes } as const
  const torrents = { ...cameBack(community.torrents, newest), newest }
  return { archivedUpTo: null, recordedUpTo: 0, data, generations: withGeneration(community, generation), torrents }
}

function withGeneration({ generations }: KnownCommunity, generation: number): Generations {
  return { ...generations, newest: Math.max(generations.newest, generation) }
}

/** Who is followed is forgotten with the tokens for them: without those nobody would know who let this node in. */
function purged(membership: Membership): Membership {
  return { ...membership, ...NOTHING_FETCHED, follows: new Map() }
}

/** It begins anew should it be added again; but the floor of its clock and what was dispatched stay known. */
function forgotten(community: KnownCommunity): KnownCommunity {
  return { ...community, isForgotten: true, contentTopics: [], settings: defaultSettings }
}

function endGrace(community: KnownCommunity): KnownCommunity {
  return { ...community, torrents: { ...community.torrents, retiring: null } }
}
