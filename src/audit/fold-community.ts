import { type Community, type KnownCommunity, unknownCommunity } from '../domain/community.ts'
import type { CommunityEvent } from '../domain/events.ts'
import { evolveCommunity } from '../domain/evolve-community.ts'
import type { ParkableReactor } from '../domain/parking-events.ts'
import type { UnixMillis } from '../domain/time.ts'
import { createArchivesFold, type ArchivesFold } from './archives-at.ts'
import type { CommunityAt, ParkedAt } from './community-at.ts'

/** The past of one community, event by event. */
export interface CommunityFold {
  /** Takes in the next event of its stream. */
  readonly apply: (event: CommunityEvent, recordedAt: UnixMillis) => void
  /** How it stands now; null before it was added. Later events do not change what was handed out. */
  readonly state: () => CommunityAt | null
}

/** When something happened last. */
type Moments = { -readonly [Each in 'addedAt' | 'leftAt' | 'purgedAt' | 'forgottenAt']: CommunityAt[Each] }
type LastRun = Pick<CommunityAt, 'lastRun' | 'lastRunFrom' | 'lastRunTo' | 'lastRunCode'>

/** What the domain has no use for, and so does not keep. */
interface Beside {
  readonly moments: Moments
  readonly archives: ArchivesFold
  readonly parked: Map<ParkableReactor, ParkedAt>
  run: LastRun
}

/** Begins before the first event. */
export function createCommunityFold(): CommunityFold {
  let community: Community = unknownCommunity
  const beside: Beside = {
    moments: { addedAt: 0 as UnixMillis, leftAt: null, purgedAt: null, forgottenAt: null },
    archives: createArchivesFold(),
    parked: new Map(),
    run: { lastRun: null, lastRunFrom: null, lastRunTo: null, lastRunCode: null },
  }
  return {
    apply(event, recordedAt) {
      community = evolveCommunity(community, event)
      noteBeside(beside, event, recordedAt)
    },
    state: () => (community.status === 'UNKNOWN' ? null : stateOf(community, beside)),
  }
}

function noteBeside(beside: Beside, event: CommunityEvent, recordedAt: UnixMillis): void {
  switch (event.type) {
    case 'CommunityAdded':
      Object.assign(beside.moments, { addedAt: recordedAt, leftAt: null })
      break
    case 'CommunityLeft':
      beside.moments.leftAt = recordedAt
      break
    case 'CommunityPurged':
      beside.moments.purgedAt = recordedAt
      beside.archives.forget()
      break
    case 'CommunityForgotten':
      beside.moments.forgottenAt = recordedAt
      break
    case 'ReactorParked':
      beside.parked.set(event.data.reactor, { ...event.data, since: recordedAt })
      break
    default:
      noteArchives(beside, event)
  }
}

function noteArchives(beside: Beside, event: CommunityEvent): void {
  switch (event.type) {
    case 'ArchiveCreationStarted':
      beside.run = ended('RUNNING', event.data)
      break
    case 'ArchiveCreated':
      beside.run = ended('ARCHIVED', event.data)
      beside.archives.pack(event.data)
      break
    case 'NoArchiveCreated':
      beside.run = ended('EMPTY', event.data)
      break
    case 'ArchiveCreationFailed':
      beside.run = { ...beside.run, lastRun: 'FAILED', lastRunCode: event.data.code }
      break
    case 'ArchiveDownloaded':
      beside.archives.fetch(event.data)
      break
    case 'ArchiveImported':
      beside.archives.take(event.data.archiveId, event.data.messages)
      break
    default: // The domain keeps what else there is.
  }
}

function ended(lastRun: LastRun['lastRun'], { from, to }: Range): LastRun {
  return { lastRun, lastRunFrom: from, lastRunTo: to, lastRunCode: null }
}

type Range = Pick<NonNullable<KnownCommunity['run']>, 'from' | 'to'>

function stateOf(community: KnownCommunity, { moments, archives, parked, run }: Beside): CommunityAt {
  const { status, role, archiving, seeding, contentTopics, settings, archivedUpTo } = community
  return {
    status,
    role,
    ...moments,
    archiving,
    seeding,
    contentTopics,
    ...settings,
    ...archives.totals(),
    archivedUpTo,
    ...torrentsOf(community),
    ...memberOf(community),
    ...parkingOf(community, parked),
    ...run,
  }
}

/** Whether work is parked still is the domain's to say. */
function parkingOf({ parking }: KnownCommunity, parked: Beside['parked']): Pick<CommunityAt, 'parked' | 'skipped'> {
  const waiting = [...parking.parked.keys()].map((reactor) => parked.get(reactor))
  return { parked: waiting.filter((each) => each !== undefined), skipped: [...parking.skipped] }
}

function torrentsOf({ torrents }: KnownCommunity) {
  const { newest, current, retiring, served, failed } = torrents
  return {
    newestTorrent: newest,
    currentTorrent: current,
    retiringTorrent: retiring,
    servedTorrents: [...served],
    failedTorrents: [...failed].map(([infoHash, code]) => ({ infoHash, code })),
  }
}

function memberOf({ membership }: KnownCommunity) {
  const { link, follows, download, waiting, quarantined, missing } = membership
  return {
    linkTorrent: link?.infoHash ?? null,
    linkClock: link?.clock ?? null,
    linkMagnetUri: link?.magnetUri ?? null,
    follows: [...follows.keys()],
    downloadTorrent: download?.infoHash ?? null,
    downloadFailure: download?.failure ?? null,
    waitingArchives: waiting,
    quarantinedArchives: quarantined,
    missingArchives: missing,
    isImporting: membership.import !== null,
  }
}
