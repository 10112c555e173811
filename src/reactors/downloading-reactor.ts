import type { DownloadId } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { DownloadFailureCode } from '../domain/failure-codes.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import { err, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Attempts } from './attempts.ts'
import { earliest } from './earliest.ts'
import { createReactor, type Reactor } from './reactor.ts'
import type { Cause, RecordOutcome } from './record.ts'
import { waitingFor } from './waiting-for.ts'
import type { WallClock } from './wall-clock.ts'

/** The newest link of a community that fetches, whose torrent was not dealt with. */
export interface LinkToFetch extends Cause {
  readonly communityId: CommunityId
  readonly receivedAt: UnixMillis
}

/** A download that has not ended, of a community that fetches. */
export interface RunningDownload extends Cause {
  readonly communityId: CommunityId
  readonly downloadId: DownloadId
  readonly infoHash: InfoHash
}

/** Why a download does not get on, and numbers that go with it. */
export interface DownloadStopped {
  readonly code: DownloadFailureCode
  readonly numbers: Readonly<Record<string, number>>
}

export interface DownloadingPorts<Running extends RunningDownload> {
  readonly readLinks: () => Promise<readonly LinkToFetch[]>
  readonly readRunning: () => Promise<readonly Running[]>
  /** Fetches all that is wanted and records it, its end included. Ends soon after `signal` aborts, with whatever. */
  readonly download: (running: Running, signal: AbortSignal) => Promise<Result<unknown, DownloadStopped>>
  readonly newId: () => DownloadId
  readonly record: RecordOutcome
  readonly attempts: Attempts
  /** For how long no newer link has to come for one to be fetched: those who announce often announce in bursts. */
  readonly settleMs: number
  readonly wallClock: WallClock
  readonly onFault: (fault: unknown) => void
}

interface UnderWay {
  readonly downloadId: DownloadId
  readonly stop: AbortController
}

/**
 * Fetches what links of other nodes lead to.
 *
 * A link that has settled starts a download, which ends one of an older link. A download goes on until it has ended, over
 * restarts and failures; communities do not wait for each other. What is not to be fetched any more is stopped.
 */
export function createDownloadingReactor<Running extends RunningDownload>(ports: DownloadingPorts<Running>): Reactor {
  const { readLinks, readRunning, newId, record, attempts, settleMs, wallClock, onFault } = ports
  const underWay = new Map<CommunityId, UnderWay>()
  const ends = new Map<CommunityId, Promise<void>>()
  const reactor = createReactor({ name: 'downloading', react, wallClock, onFault })

  async function react(): Promise<UnixMillis | null> {
    const lookedAt = wallClock.now()
    const links = await readLinks()
    for (const link of links.filter((one) => settledAt(one, lookedAt, settleMs) <= lookedAt)) await start(link)
    const running = await readRunning()
    for (const [communityId, { downloadId, stop }] of underWay) {
      if (!running.some((one) => one.communityId === communityId && one.downloadId === downloadId)) stop.abort()
    }
    for (const one of running) if (isDue(one)) begin(one)
    const settles = links.map((link) => settledAt(link, lookedAt, settleMs)).filter((at) => at > lookedAt)
    return settles.reduce(earliest, attempts.nextDueAt(lookedAt))
  }

  async function start({ communityId, ...cause }: LinkToFetch): Promise<void> {
    const wish = { downloadId: newId(), selection: null, occasion: 'LINK', protocolEnabled: true } as const
    // Refused where it is not to be fetched any more: a look after that will not find it.
    await record({ type: 'StartDownload', communityId, ...wish }, cause)
  }

  function isDue({ communityId, downloadId }: Running): boolean {
    return !underWay.has(communityId) && attempts.isDue({ communityId, thing: downloadId })
  }

  function begin(running: Running): void {
    const { communityId, downloadId } = running
    const stop = new AbortController()
    underWay.set(communityId, { downloadId, stop })
    ends.set(communityId, take(running, stop.signal))
  }

  async function take(running: Running, signal: AbortSignal): Promise<void> {
    const { communityId, downloadId: thing, cause, correlationId } = running
    const goal = { communityId, thing, cause, correlationId }
    await attempts.attempt(goal, async () => downloadAndTell(running, signal, ports))
    underWay.delete(communityId)
    ends.delete(communityId)
    // When a failed one is due a look finds out, and what came up meanwhile was passed over.
    reactor.wake()
  }

  return waitingFor(reactor, ends, () => underWay.forEach(({ stop }) => stop.abort()))
}

async function downloadAndTell<Running extends RunningDownload>(
  running: Running,
  signal: AbortSignal,
  { download, readRunning, record }: DownloadingPorts<Running>,
): Promise<Result<unknown, { readonly code: string }>> {
  const { communityId, downloadId } = running
  const isRunning = async (): Promise<boolean> => (await readRunning()).some((one) => one.downloadId === downloadId)
  const ended = await download(running, signal)
  // What was stopped has not failed. What says that it has ended, and goes on by the log, would be begun again at once.
  if (signal.aborted || (ended.ok && !(await isRunning()))) return { ok: true, value: null }
  const outcome = ended.ok ? err(NOT_ENDED) : ended
  await record({ type: 'RecordDownloadFailed', communityId, downloadId, ...outcome.error }, running)
  return outcome
}

const NOT_ENDED: DownloadStopped = { code: 'INTERNAL', numbers: {} }

/** A link from the future does not wait: the clock was set back. */
function settledAt({ receivedAt }: LinkToFetch, now: UnixMillis, settleMs: number): UnixMillis {
  return (receivedAt > now ? now : receivedAt + settleMs) as UnixMillis
}
