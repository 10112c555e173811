import type { Community, KnownCommunity, Torrents } from './community.ts'
import { defaultSettings } from './community-settings.ts'
import { evolveMembership } from './evolve-membership.ts'
import type { DownloadFinished, MemberEvent } from './member-events.ts'
import { NEW_MEMBERSHIP, NOTHING_FETCHED } from './member.ts'
import type {
  ArchiveCreated,
  ArchiveCreationFailed,
  ArchiveCreationStarted,
  CommunityEvent,
  NoArchiveCreated,
  SeedingFailed,
  SeedingStarted,
  Unseeded,
} from './events.ts'

const NO_TORRENTS: Torrents = { newest: null, current: null, retiring: null, served: new Set(), failed: new Map() }

/** Nothing is archived: the next run begins with the oldest message again. */
const NO_HISTORY = { archivedUpTo: null, recordedUpTo: 0, data: { generation: 0, sizeBytes: 0 }, torrents: NO_TORRENTS }

const NEW: Omit<KnownCommunity, 'role'> = {
  status: 'ADDED',
  contentTopics: [],
  settings: defaultSettings,
  archiving: 'DISABLED',
  seeding: 'REQUESTED',
  run: null,
  ...NO_HISTORY,
  lastClock: null,
  dispatched: new Set(),
  membership: NEW_MEMBERSHIP,
}

/**
 * The state after one more fact.
 *
 * Never refuses: each event was true when it was written. A fact about a community that was never
 * added changes nothing, as the decider writes none.
 */
export function evolveCommunity(community: Community, event: CommunityEvent): Community {
  if (event.type === 'CommunityAdded') return added(community, event.data.role)
  return community.status === 'UNKNOWN' ? community : evolveKnown(community, event)
}

/** Files, runs and the floor of the clock are kept over a leave; wishes begin anew. */
function added(community: Community, role: KnownCommunity['role']): KnownCommunity {
  return community.status === 'UNKNOWN'
    ? { ...NEW, role }
    : { ...community, status: 'ADDED', role, archiving: 'DISABLED', seeding: 'REQUESTED' }
}

type RunEvent = ArchiveCreationStarted | ArchiveCreated | NoArchiveCreated | ArchiveCreationFailed

function evolveKnown(community: KnownCommunity, event: Exclude<CommunityEvent, { type: 'CommunityAdded' }>): Community {
  switch (event.type) {
    case 'CommunityLeft':
      return { ...endGrace(community), status: 'LEFT', membership: { ...community.membership, import: null } }
    case 'CommunityPurged':
      return { ...community, ...NO_HISTORY, membership: { ...community.membership, ...NOTHING_FETCHED } }
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
    case 'MagnetlinkDispatched': {
      const { clock, infoHash } = event.data
      return { ...community, lastClock: clock, dispatched: new Set(community.dispatched).add(infoHash) }
    }
    default:
      return evolveMember(community, event)
  }
}

function evolveRun(community: KnownCommunity, event: RunEvent): KnownCommunity {
  switch (event.type) {
    case 'ArchiveCreationStarted':
      return { ...community, run: event.data }
    case 'ArchiveCreated': {
      const { to, recordedUpTo, generation, dataBytes: sizeBytes, infoHash: newest } = event.data
      const torrents = { ...community.torrents, newest }
      return { ...community, run: null, archivedUpTo: to, recordedUpTo, data: { generation, sizeBytes }, torrents }
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
    case 'DownloadFinished':
      return { ...evolved, ...fetched(community, event.data) }
    default:
      return evolved
  }
}

/** Like a run of the control node: what was fetched is the newest, and is served next. */
function fetched(
  { torrents }: KnownCommunity,
  { infoHash: newest, generation, dataBytes: sizeBytes }: DownloadFinished['data'],
): Pick<KnownCommunity, 'data' | 'torrents'> {
  return { data: { generation, sizeBytes }, torrents: { ...torrents, newest } }
}

function endGrace(community: KnownCommunity): KnownCommunity {
  return { ...community, torrents: { ...community.torrents, retiring: null } }
}

function started(torrents: Torrents, { infoHash }: SeedingStarted['data']): Torrents {
  const served = new Set(torrents.served).add(infoHash)
  const withoutFailure = new Map(torrents.failed)
  withoutFailure.delete(infoHash)
  const { newest, current } = torrents
  if (infoHash !== newest || infoHash === current) return { ...torrents, served, failed: withoutFailure }
  // Only what is really served has a grace to end; a torrent that failed is forgotten at once.
  const retiring = current !== null && served.has(current) ? current : null
  return { newest, current: newest, retiring, served, failed: new Map() }
}

function failed(torrents: Torrents, { infoHash, code }: SeedingFailed['data']): Torrents {
  return {
    ...torrents,
    served: without(torrents.served, infoHash),
    failed: new Map(torrents.failed).set(infoHash, code),
  }
}

/** Damage does not end a grace: what is mended in time is served to its end. */
function unseeded(torrents: Torrents, { infoHash, reason }: Unseeded['data']): Torrents {
  const retiring = torrents.retiring === infoHash && reason !== 'DAMAGED' ? null : torrents.retiring
  return { ...torrents, retiring, served: without(torrents.served, infoHash) }
}

function without<Item>(items: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  const rest = new Set(items)
  rest.delete(item)
  return rest
}
