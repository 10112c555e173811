import { v7 } from 'uuid'
import type { DownloadId, ImportId } from '../domain/archive.ts'
import { readFollows, type FollowRow } from '../projections/follows.ts'
import { readCurrentMagnetlinks, readServedTorrents } from '../projections/magnetlinks.ts'
import {
  readDownloadsToRun,
  readFetching,
  readImportable,
  readImportsToRun,
  readLinksToFetch,
} from '../projections/read-fetching.ts'
import { readReceivedLinks } from '../projections/received-links.ts'
import type { CausedGoal } from '../reactors/attempts.ts'
import { createDownloadingReactor, type DownloadingPorts } from '../reactors/downloading-reactor.ts'
import { createFollowingReactor, type FollowingReactor } from '../reactors/following-reactor.ts'
import { createImportingReactor, type ImportingPorts } from '../reactors/importing-reactor.ts'
import { createLookingUpReactor, type LookingUpPorts } from '../reactors/looking-up-reactor.ts'
import { createPublishingReactor, type DispatchedTorrent } from '../reactors/publishing-reactor.ts'
import type { Reactor } from '../reactors/reactor.ts'
import type { RecordOutcome } from '../reactors/record.ts'
import type { WallClock } from '../reactors/wall-clock.ts'
import { UNWATCHED, watchWork, type WatchWork } from '../reactors/watch-work.ts'
import { signedBytesOf } from '../formats/info-hash-item.ts'
import type { Follow } from '../following/follow-magnetlinks.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { SignedInfoHashItem } from '../domain/info-hash-item.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import { ok } from '../domain/result.ts'
import type { RunningRow } from './downloading/download-job.ts'
import { withoutLeftAlone } from './given-up.ts'
import { createMemberAttempts, type MemberAttempts } from './member-attempts.ts'
import type { RunningImportRow } from './importing/import-archives.ts'
import type { Stores } from './stores.ts'

export interface MemberReactorPorts {
  readonly stores: Pick<Stores, 'db' | 'keys' | 'messages'>
  readonly download: DownloadingPorts<RunningRow>['download']
  /** Is told of all downloads that are to go on, at each look. */
  readonly onRunning: (running: readonly Pick<RunningRow, 'downloadId'>[]) => void
  readonly importArchives: ImportingPorts<RunningImportRow>['importArchives']
  readonly follow: (follow: FollowRow) => Promise<Follow>
  /** The distributed hash table. */
  readonly table: LookingUpPorts['table']
  /** Whether the table is switched on: nothing is asked of one that is not. */
  readonly isTableOn: boolean
  readonly learn: LookingUpPorts['submit']
  /** What the torrent client serves. */
  readonly active: () => ReadonlySet<InfoHash>
  readonly settleMs: number
  readonly recordAs: (actor: `reactor:${string}`) => RecordOutcome
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown, goal?: CausedGoal) => void
  /** Left out where nobody measures. */
  readonly watch?: WatchWork
}

/** What goes on between this node and others, apart from seeding. */
export interface MemberReactors {
  readonly reactors: {
    readonly following: FollowingReactor<Follow>
    readonly downloading: Reactor
    readonly importing: Reactor
    readonly publishing: Reactor
    readonly 'looking-up': Reactor
  }
  readonly attempts: MemberAttempts
}

/** Creates them. They look when they are woken first. */
export function createMemberReactors(ports: MemberReactorPorts): MemberReactors {
  const { stores, wallClock, watch = UNWATCHED, onFault } = ports
  const { db } = stores
  const attempts = createMemberAttempts(ports)
  const downloading = createDownloadingReactor<RunningRow>({
    readLinks: async () => readLinksToFetch(db),
    readRunning: async () => withoutLeftAlone(db, 'downloading', await readRunning(ports)),
    download: watchWork('torrent download', watch, ports.download),
    newId: () => v7() as DownloadId,
    record: ports.recordAs('reactor:downloading'),
    attempts: attempts.downloading,
    settleMs: ports.settleMs,
    wallClock,
    onFault,
  })
  const importing = createImportingReactor<RunningImportRow>({
    readWaiting: async () => withoutLeftAlone(db, 'importing', await readWaiting(stores)),
    readRunning: async () => withoutLeftAlone(db, 'importing', (await readImportsToRun(db)).map(withCause)),
    importArchives: watchWork('archive import', watch, ports.importArchives),
    newId: () => v7() as ImportId,
    record: ports.recordAs('reactor:importing'),
    attempts: attempts.importing,
    wallClock,
    onFault,
  })
  const following = createFollowingReactor<FollowRow, Follow>({
    readFollows: async () => readFollows(db, [...(await readFetching(db)).keys()]),
    follow: ports.follow,
    wallClock,
    onFault,
  })
  return { reactors: { following, downloading, importing, ...createTableReactors(ports) }, attempts }
}

async function readRunning({ stores, onRunning }: MemberReactorPorts): Promise<readonly RunningRow[]> {
  const running = await readDownloadsToRun(stores.db)
  onRunning(running)
  return running.map(withCause)
}

function withCause<Row extends { readonly startedBy: string }>(row: Row): Row & { readonly cause: string } {
  return { ...row, cause: row.startedBy }
}

/** Archives that are here and not taken over; also what the messages' own notes do not have, as they may have been lost. */
async function readWaiting({
  db,
  messages,
}: MemberReactorPorts['stores']): ReturnType<ImportingPorts<RunningImportRow>['readWaiting']> {
  const rows = await readImportable(db)
  return rows
    .filter(({ settings }) => settings.imports !== 'ON_REQUEST')
    .filter(({ communityId, waiting, imported }) => {
      return waiting > 0 || messages.imports.importedArchives(communityId).size < imported
    })
    .map(({ communityId, waiting, newestPosition, cause, correlationId }) => {
      return { communityId, archives: `${waiting} up to ${newestPosition}`, cause, correlationId }
    })
}

/** Links in the distributed hash table. */
function createTableReactors(ports: MemberReactorPorts): Pick<MemberReactors['reactors'], 'publishing' | 'looking-up'> {
  const { stores, active, table, isTableOn, learn, wallClock, onFault } = ports
  const { db, keys } = stores
  // Who learnt a link elsewhere has no signature of the item; then the table's own is kept in memory, as it is safe to lose.
  const items = new Map<CommunityId, SignedInfoHashItem>()
  const surroundings = { wallClock, random: Math.random, onFault }
  const publishing = createPublishingReactor({
    readDispatched: async () => (isTableOn ? readDispatched(db, active()) : []),
    async sign(communityId, item) {
      const signed = await keys.sign(communityId, signedBytesOf(item))
      return signed.ok ? ok(signed.value.signature) : signed
    },
    table,
    ...surroundings,
  })
  const lookingUp = createLookingUpReactor({
    readMemberships: async () => (isTableOn ? readMemberships(db, items) : []),
    table,
    async submit(link) {
      const learnt = await learn(link)
      const { communityId, clock: seq, infoHash, signature } = link
      if (learnt.ok) items.set(communityId, { seq, infoHash, signature })
      return learnt
    },
    ...surroundings,
  })
  return { publishing, 'looking-up': lookingUp }
}

async function readDispatched(db: Stores['db'], active: ReadonlySet<InfoHash>): Promise<readonly DispatchedTorrent[]> {
  const served = (await readServedTorrents(db)).filter(({ infoHash }) => active.has(infoHash))
  const torrents = new Set(served.map(({ infoHash }) => infoHash))
  const links = await readCurrentMagnetlinks(
    db,
    served.map(({ communityId }) => communityId),
  )
  return links
    .filter(({ infoHash }) => torrents.has(infoHash))
    .map(({ communityId, clock: seq, infoHash }) => ({ communityId, seq, infoHash }))
}

async function readMemberships(
  db: Stores['db'],
  items: ReadonlyMap<CommunityId, SignedInfoHashItem>,
): ReturnType<LookingUpPorts['readMemberships']> {
  const communityIds = [...(await readFetching(db)).keys()]
  const links = new Map((await readReceivedLinks(db, communityIds)).map((link) => [link.communityId, link]))
  return communityIds.map((communityId) => {
    const link = links.get(communityId)
    const isSigned = link !== undefined && link.origin.type === 'DHT' && link.proof !== null
    const learnt = isSigned ? { seq: link.clock, infoHash: link.infoHash, signature: link.proof.signature } : null
    return { communityId, clock: link?.clock ?? null, item: items.get(communityId) ?? learnt }
  })
}
