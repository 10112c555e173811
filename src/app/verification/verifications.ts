import { v7 } from 'uuid'
import type { CommunityId } from '../../domain/community-id.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { EventMeta } from '../../events/recorded-event.ts'
import type {
  EndedVerification,
  RunningVerification,
  StartedVerification,
  VerificationReader,
} from '../../graphql/verifications.ts'
import { VerificationProgress } from './verification-progress.ts'
import { verifyCommunity } from './verify-community.ts'
import { isWantedServed, type VersionToVerify } from './version-to-verify.ts'
import type { VerificationJob, VerifyPorts } from './version-work.ts'

/** A verification that was begun, or joined. */
export interface Verification extends StartedVerification {
  /** Rejects when the log or a read model fails. */
  readonly ended: Promise<EndedVerification>
}

export interface VerificationsPorts extends VerifyPorts {
  readonly now: () => UnixMillis
}

interface Running extends Verification, Pick<VerificationJob, 'isWish' | 'meta' | 'progress'> {
  readonly startedAt: UnixMillis
  readonly stop: AbortController
  /** Whether it has begun to look at files, so that it may not see what comes up from now on. */
  readonly isLooking: () => boolean
}

interface Fetch {
  readonly version: VersionToVerify
  readonly abort: () => void
}

/** The verifications of a node: of each community one at a time. */
export class Verifications implements VerificationReader {
  readonly #ports: VerificationsPorts
  /** Those of a community in the order in which they have their turn. */
  readonly #running = new Map<CommunityId, readonly Running[]>()
  readonly #last = new Map<CommunityId, EndedVerification>()
  readonly #fetches = new Set<Fetch>()
  #isStopped = false

  constructor(ports: VerificationsPorts) {
    this.#ports = ports
  }

  /** Begins one that somebody asks for, behind the one that goes on; or joins one that was asked for before. */
  ask(communityId: CommunityId, meta: EventMeta): Verification {
    return this.#of(communityId).find(({ isWish }) => isWish) ?? this.#start(communityId, meta, true)
  }

  /**
   * Begins one of the node's own accord because of damage, behind the one that goes on; or joins one that is yet to
   * look, or was asked for and found the damage itself.
   */
  begin(communityId: CommunityId, meta: EventMeta): Verification {
    const sees = ({ isLooking, isWish, meta: its }: Running): boolean =>
      !isLooking() || (isWish && its.correlationId === meta.correlationId)
    return this.#of(communityId).findLast(sees) ?? this.#start(communityId, meta, false)
  }

  running(communityId: CommunityId): RunningVerification | null {
    const [first] = this.#of(communityId)
    if (first === undefined) return null
    const { verificationId, startedAt, progress } = first
    return { verificationId, communityId, startedAt, ...progress.sample() }
  }

  last(communityId: CommunityId): EndedVerification | null {
    return this.#last.get(communityId) ?? null
  }

  /** Ends the fetches of torrents that are no longer wanted. */
  async endUnwantedFetches(): Promise<void> {
    for (const { version, abort } of this.#fetches) {
      if (!(await isWantedServed(this.#ports.db, version))) abort()
    }
  }

  /**
   * Ends those of a community, and does the work while nobody writes to its files. It waits for who fetches or takes over
   * too: for a community that was left that ends soon.
   */
  async alone<Value>(communityId: CommunityId, work: () => Promise<Value>): Promise<Value> {
    await end(this.#of(communityId))
    this.#last.delete(communityId)
    const { locks, fetchLocks } = this.#ports
    return locks.hold(communityId, async () => fetchLocks.hold(communityId, work))
  }

  /** Ends all of them, and those that are begun from now on. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await end([...this.#running.values()].flat())
  }

  #of(communityId: CommunityId): readonly Running[] {
    return this.#running.get(communityId) ?? []
  }

  #start(communityId: CommunityId, meta: EventMeta, isWish: boolean): Running {
    const before = this.#of(communityId).at(-1)?.ended ?? Promise.resolve()
    const stop = new AbortController()
    if (this.#isStopped) stop.abort()
    const begun = { verificationId: v7(), communityId, startedAt: this.#ports.now() }
    const progress = new VerificationProgress()
    const watchFetch = this.#watchFetch.bind(this)
    const job: VerificationJob = { communityId, meta, isWish, signal: stop.signal, progress, watchFetch }
    let isLooking = false
    const run = async (): Promise<EndedVerification> => {
      isLooking = true
      return this.#run(begun, job)
    }
    const ended = before.then(run, run).finally(() => this.#forget(mine))
    const mine: Running = { ...begun, isWish, meta, progress, stop, isLooking: () => isLooking, ended }
    this.#running.set(communityId, [...this.#of(communityId), mine])
    return mine
  }

  async #run(
    begun: Pick<EndedVerification, 'verificationId' | 'communityId' | 'startedAt'>,
    job: VerificationJob,
  ): Promise<EndedVerification> {
    const versions = job.signal.aborted ? [] : await verifyCommunity(job, this.#ports)
    const ended = { ...begun, endedAt: this.#ports.now(), versions }
    this.#last.set(job.communityId, ended)
    return ended
  }

  #forget(ended: Running): void {
    const rest = this.#of(ended.communityId).filter((other) => other !== ended)
    if (rest.length > 0) this.#running.set(ended.communityId, rest)
    else this.#running.delete(ended.communityId)
  }

  #watchFetch(version: VersionToVerify, abort: () => void): Disposable {
    const fetch = { version, abort }
    this.#fetches.add(fetch)
    return { [Symbol.dispose]: () => void this.#fetches.delete(fetch) }
  }
}

/** Whoever began one hears of it if it failed. */
async function end(all: readonly Running[]): Promise<void> {
  for (const { stop } of all) stop.abort()
  await Promise.allSettled(all.map(async ({ ended }) => ended))
}
