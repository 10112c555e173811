import { describe, expect, onTestFinished, test } from 'vitest'
import { wakeReactors } from '../../src/app/wake-reactors.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ArchiveFailureCode } from '../../src/domain/failure-codes.ts'
import { err } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { createAttempts, type Attempts, type CausedGoal } from '../../src/reactors/attempts.ts'
import * as facts from '../support/community-facts.ts'
import { eventually } from '../support/eventually.ts'
import { fetched, importId, member } from '../support/member-facts.ts'
import { openNode, type OpenNode } from '../support/open-node.ts'
import { promisedMs } from '../support/promised-ms.ts'
import { recordFacts } from '../support/record-facts.ts'
import { addCommunity, communityNumber, createArchive, metaOf } from '../support/sample-wishes.ts'
import { valueOf } from '../support/value-of.ts'

const NAMES = ['seeding', 'dispatching', 'archiving', 'scheduling', 'repairing', 'importing'] as const

const { COMMUNITY } = facts

function unexpected(what: unknown): never {
  throw new Error(`Did not expect ${String(what)}`)
}

interface Watched {
  readonly node: OpenNode
  /** The names of the reactors that were woken, in order. */
  readonly woken: string[]
  readonly seeding: Attempts
  readonly repairing: Attempts
  readonly importing: Attempts
}

function watch(node: OpenNode): Watched {
  const woken: string[] = []
  const reactors = Object.fromEntries(NAMES.map((name) => [name, { name, wake: () => woken.push(name) }]))
  const [seeding, dispatching] = [createTestAttempts(), createTestAttempts()]
  const [repairing, importing] = [createTestAttempts(), createTestAttempts()]
  const stopping = new AbortController()
  const ended = wakeReactors({
    log: node.log,
    reactors,
    attempts: { seeding, dispatching, repairing, importing },
    signal: stopping.signal,
    onFault: unexpected,
  })
  onTestFinished(async () => {
    stopping.abort()
    await ended
  })
  return { node, woken, seeding, repairing, importing }
}

function goalOf(communityId: CommunityId): CausedGoal {
  return { communityId, thing: 'a', cause: 'event', correlationId: 'wish' }
}

function createTestAttempts(): Attempts {
  return createAttempts({ now: () => 1 as UnixMillis, random: () => 0, onFault: unexpected, giveUp: unexpected })
}

async function failAsRun(node: OpenNode, n: number, code: ArchiveFailureCode): Promise<void> {
  valueOf(await node.execute(createArchive(COMMUNITY, n), metaOf()))
  const failed = { type: 'RecordArchiveCreationFailed', communityId: COMMUNITY, runId: facts.runId(n), code } as const
  valueOf(await node.execute({ ...failed, numbers: {} }, metaOf()))
}

describe('reactors are woken', () => {
  test('when one of their goals is forgiven, whatever the event was', async () => {
    const { node, woken, seeding } = watch(openNode())
    await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    await eventually(() => expect(woken).toHaveLength(15))
    woken.length = 0
    await seeding.attempt(goalOf(COMMUNITY), async () => err({ code: 'TIMED_OUT' }))
    // Means nothing to seeding, but somebody is at it.
    await node.execute(createArchive(COMMUNITY, 1), metaOf())
    await eventually(() => expect(woken.toSorted()).toEqual(['archiving', 'seeding']))
    expect(await seeding.attempt(goalOf(COMMUNITY), async () => ({ ok: true, value: 1 }))).toBe('REACHED')
  })

  test('not by a wish about another community', async () => {
    const { node, woken, seeding } = watch(openNode())
    await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    await seeding.attempt(goalOf(communityNumber(2)), async () => err({ code: 'TIMED_OUT' }))
    await eventually(() => expect(woken).toHaveLength(15))
    woken.length = 0
    await node.execute(createArchive(COMMUNITY, 1), metaOf())
    await eventually(() => expect(woken).toEqual(['archiving']))
  })
})

test('damage to what is served wakes who mends it, and who serves it', async () => {
  const node = openNode()
  await recordFacts(node.log, [...facts.ready, ...facts.served(1)])
  const { woken } = watch(node)
  await recordFacts(node.log, [facts.damaged(1, 'FILES_MISSING')])
  await eventually(() => expect(woken.toSorted()).toEqual(['repairing', 'seeding']))
})

describe('repairing', () => {
  test('is woken by a run that failed, which may have found damage', async () => {
    const { node, woken } = watch(openNode())
    await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    await failAsRun(node, 1, 'FILES_DAMAGED')
    await eventually(() => expect(woken.filter((name) => name === 'repairing')).toHaveLength(4))
  })

  test('has another chance when somebody wishes something of the community, or a torrent of it is served', async () => {
    const { node, woken, repairing } = watch(openNode())
    await recordFacts(node.log, [...facts.ready, ...facts.created(1)])
    await eventually(() => expect(woken.filter((name) => name === 'repairing')).toHaveLength(4))
    const fail = async (): Promise<unknown> =>
      repairing.attempt(goalOf(COMMUNITY), async () => err({ code: 'FILES_DAMAGED' }))
    expect(await fail()).toBe('FAILED')
    woken.length = 0
    await node.execute(
      { type: 'RecordSeedingStarted', communityId: COMMUNITY, infoHash: facts.infoHash(1) },
      metaOf({ actor: 'reactor:seeding' }),
    )
    await eventually(() => expect(woken).toContain('repairing'))
    expect(await fail()).toBe('FAILED')
    const verified = { communityId: COMMUNITY, infoHash: facts.infoHash(1), pieces: 2, damage: null } as const
    await node.execute({ type: 'RecordArchivesVerified', ...verified }, metaOf())
    await eventually(() => expect(woken.filter((name) => name === 'repairing')).toHaveLength(2))
    expect(await fail()).toBe('FAILED')
  })
})

test('what a reactor begins itself is no new chance for it, and is one where somebody else does', async () => {
  const { node, woken, importing } = watch(openNode())
  await recordFacts(node.log, [...member, ...fetched(1)])
  await eventually(() => expect(woken.filter((name) => name === 'importing')).toHaveLength(6))
  const fail = async (): Promise<unknown> =>
    importing.attempt(goalOf(COMMUNITY), async () => err({ code: 'ARCHIVE_MALFORMED' }))
  expect(await fail()).toBe('FAILED')
  const start = async (n: number, actor: 'local' | 'reactor:importing'): Promise<void> => {
    const wish = { communityId: COMMUNITY, importId: importId(n), protocolEnabled: true } as const
    const begun = woken.length
    valueOf(await node.execute({ type: 'StartImport', ...wish }, metaOf({ actor })))
    await eventually(() => expect(woken.slice(begun)).toContain('importing'))
  }
  await start(1, 'reactor:importing')
  expect(await fail()).toBe('NOT_DUE')
  valueOf(
    await node.execute(
      { type: 'RecordImportFinished', communityId: COMMUNITY, importId: importId(1) },
      metaOf({ actor: 'reactor:importing' }),
    ),
  )
  await start(2, 'local')
  expect(await fail()).toBe('FAILED')
})

describe('following the log ends', () => {
  test('with the log, which has no more to tell', async () => {
    const node = openNode()
    const reactors = Object.fromEntries(NAMES.map((name) => [name, { name, wake: () => undefined }]))
    const tails: number[] = []
    const tail: OpenNode['log']['tail'] = (after, signal) => {
      tails.push(after)
      if (tails.length > 3) throw new Error('Follows a log that has ended')
      return node.log.tail(after, signal)
    }
    const ended = wakeReactors({
      log: { head: () => node.log.head(), tail },
      reactors,
      attempts: { seeding: createTestAttempts(), dispatching: createTestAttempts(), repairing: createTestAttempts() },
      signal: AbortSignal.timeout(5_000),
      onFault: () => undefined,
    })
    await node.close()
    await ended
    expect(tails).toEqual([0])
  })

  test('at once where it pauses after a fault', async () => {
    const stopping = new AbortController()
    const faulted = Promise.withResolvers<unknown>()
    const ended = wakeReactors({
      log: {
        head: () => 0 as ReturnType<OpenNode['log']['head']>,
        tail: () => {
          throw new Error('The log cannot be read')
        },
      },
      reactors: {},
      attempts: { seeding: createTestAttempts(), dispatching: createTestAttempts(), repairing: createTestAttempts() },
      signal: stopping.signal,
      onFault: faulted.resolve,
    })
    await faulted.promise
    const stoppedAt = performance.now()
    stopping.abort()
    await ended
    expect(performance.now() - stoppedAt).toBeLessThan(promisedMs(500))
  })
})
