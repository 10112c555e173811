import { onTestFinished } from 'vitest'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { DownloadId } from '../../src/domain/archive.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { readDownloadsToRun, readLinksToFetch } from '../../src/projections/read-fetching.ts'
import { giveUpAs } from '../../src/app/given-up.ts'
import { recordAs } from '../../src/app/reactors.ts'
import type { DownloadRow } from '../../src/projections/downloads.ts'
import { createAttempts } from '../../src/reactors/attempts.ts'
import { createDownloadingReactor, type DownloadingPorts } from '../../src/reactors/downloading-reactor.ts'
import type { Reactor } from '../../src/reactors/reactor.ts'
import type { Cause } from '../../src/reactors/record.ts'
import { advanceReactor } from './advance-reactor.ts'
import { COMMUNITY } from './community-facts.ts'
import { eventually } from './eventually.ts'
import { downloadId, fetchedVersion, linkOf, PROOF } from './member-facts.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { openNode, type OpenNode } from './open-node.ts'
import { addCommunity, metaOf } from './sample-wishes.ts'
import { valueOf } from './value-of.ts'

type Running = DownloadRow & Cause
type Ports = DownloadingPorts<Running>
type Outcome = Awaited<ReturnType<Ports['download']>>

export const SETTLE_MS = 20_000

/** A download that was begun. A test ends it, or whoever stops it. */
export interface BegunDownload {
  readonly running: Running
  readonly signal: AbortSignal
  /** When it was begun, in milliseconds after the node was opened. */
  readonly at: number
  readonly end: (outcome: Outcome) => void
}

/** A member whose log, read models and reactor are real; what it fetches is not. */
export interface FetchingNode extends OpenNode {
  readonly clock: MovableClock
  readonly reactor: Reactor
  readonly begun: readonly BegunDownload[]
  readonly faults: readonly unknown[]
  /** Sends a wish that is granted, and wakes the reactor. */
  wish(command: Command): Promise<void>
  /** Learns the link to torrent n. */
  learn(n: number, communityId?: CommunityId): Promise<void>
  /** The n-th download, from 0, once it was begun. */
  begin(n: number): Promise<BegunDownload>
  /** Lets time pass while no download is under way. */
  advance(byMs: number): Promise<void>
  /** Records that download n fetched all, of torrent n. */
  finish(running: Running): Promise<void>
}

export interface FetchingNodeOptions {
  readonly folder?: string
  readonly clock?: MovableClock
  /** The downloads that were begun before. */
  readonly before?: number
  /** Ends each download that is begun; a test does where it is not given. */
  readonly outcome?: (begun: BegunDownload) => Promise<Outcome>
}

/** Opens a node that is a member of the community of all facts, or was when it was closed. */
export async function openFetchingNode(options: FetchingNodeOptions = {}): Promise<FetchingNode> {
  const { clock = createMovableClock(), folder, outcome, before = 0 } = options
  const node = openNode({ now: clock.now, ...(folder === undefined ? {} : { folder }) })
  const [begun, faults, openedAt]: [BegunDownload[], unknown[], UnixMillis] = [[], [], clock.now()]
  const onFault = (fault: unknown): void => void faults.push(fault)
  let ids = before
  const giveUp = giveUpAs('downloading', recordAs('reactor:downloading', node))
  const reactor = createDownloadingReactor<Running>({
    readLinks: async () => readLinksToFetch(node.db),
    readRunning: async () => (await readDownloadsToRun(node.db)).map((row) => ({ ...row, cause: row.startedBy })),
    async download(running, signal) {
      const { promise, resolve: end } = Promise.withResolvers<Outcome>()
      const download = { running, signal, at: clock.now() - openedAt, end }
      begun.push(download)
      signal.addEventListener('abort', () => end({ ok: false, error: { code: 'INTERNAL', numbers: {} } }))
      return outcome?.(download) ?? promise
    },
    newId: (): DownloadId => downloadId((ids += 1)),
    record: recordAs('reactor:downloading', node),
    attempts: createAttempts({ now: clock.now, random: () => 1, onFault, giveUp, pace: { longestWaitMs: 4_000 } }),
    settleMs: SETTLE_MS,
    wallClock: clock,
    onFault,
  })
  onTestFinished(async () => reactor.stop())

  async function wish(command: Command): Promise<void> {
    valueOf(await node.execute(command, metaOf()))
    reactor.wake()
  }
  if (folder === undefined) await wish(addCommunity(COMMUNITY, { role: 'MEMBER', archiving: true }))
  return {
    ...node,
    clock,
    reactor,
    begun,
    faults,
    wish,
    learn: async (n, communityId = COMMUNITY) => {
      const proof = { ...PROOF, publicKey: communityId.slice(2) }
      const link = { ...linkOf(n), communityId, origin: { type: 'SUBMITTED' }, proof, now: clock.now() } as const
      await wish({ type: 'ReceiveMagnetlink', ...link })
    },
    begin: async (n) => eventually(() => begun[n] ?? Promise.reject(new Error(`Download ${n} was not begun`))),
    advance: async (byMs) => advanceReactor(reactor, clock, byMs),
    async finish({ communityId, downloadId: id, infoHash }) {
      const torrent = Number.parseInt(infoHash, 16)
      const download = { ...fetchedVersion(torrent), downloadId: id }
      valueOf(await node.execute({ type: 'RecordDownloadFinished', communityId, download }, metaOf()))
    },
    async close() {
      await reactor.stop()
      await node.close()
    },
  }
}
