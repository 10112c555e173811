import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { BEFORE_ALL } from '../../src/events/recorded-event.ts'
import { readRun } from '../../src/projections/runs.ts'
import type { Packed, PackFailed, RunningRun } from '../../src/reactors/archiving-reactor.ts'
import { packed, runId } from '../support/community-facts.ts'
import { openReactingNode, type ReactingNode } from '../support/reacting-node.ts'
import { addCommunity, communityNumber, createArchive, metaOf } from '../support/sample-wishes.ts'
import { valueOf } from '../support/value-of.ts'

type Outcome = Result<Packed, PackFailed>

/** Packing that a test ends by hand. */
interface Packing {
  readonly run: RunningRun
  readonly signal: AbortSignal
  readonly end: (outcome: Outcome) => void
  readonly fail: (fault: Error) => void
}

interface PackingNode {
  readonly node: ReactingNode
  /** What began to be packed, in order. */
  readonly packings: readonly Packing[]
  /** The n-th packing, from 0, once it has begun. */
  readonly begun: (n: number) => Promise<Packing>
  /** Adds the n-th community and starts run n. */
  readonly start: (n: number) => Promise<CommunityId>
}

async function openPackingNode(): Promise<PackingNode> {
  const packings: Packing[] = []
  const waiting = Array.from({ length: 10 }, () => Promise.withResolvers<Packing>())
  const node = await openReactingNode({
    pack: async (run, signal) => {
      const { promise, resolve: end, reject: fail } = Promise.withResolvers<Outcome>()
      // As the real one does: it ends soon after it is told to.
      signal.addEventListener('abort', () => end(err({ code: 'INTERNAL', numbers: {} })))
      const packing = { run, signal, end, fail }
      waiting[packings.length]?.resolve(packing)
      packings.push(packing)
      return promise
    },
  })
  return {
    node,
    packings,
    begun: async (n) => waiting[n]?.promise ?? expect.unreachable(),
    start: async (n) => {
      const communityId = communityNumber(n)
      valueOf(await node.execute(addCommunity(communityId, { archiving: true }), metaOf()))
      valueOf(await node.execute(createArchive(communityId, n), metaOf()))
      return communityId
    },
  }
}

const created = (n: number): Outcome => ok({ type: 'CREATED', archive: packed(n, 0) })

describe('a run', () => {
  test('is packed once, and what was packed is recorded with the run as its cause', async () => {
    const { node, packings, begun, start } = await openPackingNode()
    await start(1)
    const { run, end } = await begun(0)
    for (let time = 0; time < 5; time += 1) node.reactors.wake()
    end(created(1))
    await node.calm()
    expect(packings).toHaveLength(1)
    const events = await node.recorded()
    const started = events.find(({ event }) => event.type === 'ArchiveCreationStarted')
    const archives = events.filter(({ event }) => event.type === 'ArchiveCreated')
    expect(run).toMatchObject({ runId: runId(1), cause: started?.id })
    expect(archives).toMatchObject([
      { actor: 'reactor:archiving', causationId: started?.id, correlationId: started?.correlationId },
    ])
    expect(await readRun(node.db, runId(1))).toMatchObject({ status: 'CREATED' })
  })

  test('is not held up by one of another community, which may have to wait for its turn', async () => {
    const { node, packings, begun, start } = await openPackingNode()
    await start(1)
    await start(2)
    const [first, second] = [await begun(0), await begun(1)]
    expect([first.run.runId, second.run.runId]).toEqual([runId(1), runId(2)])
    second.end(created(2))
    const seen = new AbortController()
    for await (const { event } of node.log.tail(BEFORE_ALL, seen.signal)) if (event.type === 'ArchiveCreated') break
    expect(await readRun(node.db, runId(2))).toMatchObject({ status: 'CREATED' })
    expect(await readRun(node.db, runId(1))).toMatchObject({ status: 'RUNNING' })
    first.end(created(1))
    await node.calm()
    expect(packings).toHaveLength(2)
  })

  test('without messages is recorded as that, and nothing is served', async () => {
    const { node, begun, start } = await openPackingNode()
    await start(1)
    const { end } = await begun(0)
    end(ok({ type: 'EMPTY', recordedUpTo: 7 }))
    await node.calm()
    expect((await node.facts()).at(-1)).toMatchObject({
      type: 'NoArchiveCreated',
      data: { runId: runId(1), recordedUpTo: 7 },
    })
    expect(node.client.calls).toEqual([])
  })

  test('that fails is recorded with its code and numbers, and the next is packed', async () => {
    const { node, begun, start } = await openPackingNode()
    const communityId = await start(1)
    const first = await begun(0)
    first.end(err({ code: 'DISK_FULL', numbers: { neededBytes: 5 } }))
    await node.calm()
    expect((await node.facts()).at(-1)).toMatchObject({
      type: 'ArchiveCreationFailed',
      data: { runId: runId(1), code: 'DISK_FULL', numbers: { neededBytes: 5 } },
    })
    await node.execute(createArchive(communityId, 2), metaOf())
    expect((await begun(1)).run.runId).toBe(runId(2))
  })

  test('whose packing faults has failed, and bars no other', async () => {
    const { node, begun, start } = await openPackingNode()
    await start(1)
    await start(2)
    const fault = new Error('made by a test')
    const first = await begun(0)
    first.fail(fault)
    const second = await begun(1)
    second.end(created(2))
    await node.calm()
    expect(node.faults).toEqual([fault])
    expect(await readRun(node.db, runId(1))).toMatchObject({ status: 'FAILED', code: 'INTERNAL' })
    expect(await readRun(node.db, runId(2))).toMatchObject({ status: 'CREATED' })
  })
})

describe('a run that is under way', () => {
  test.each<[what: string, wish: (communityId: CommunityId) => Command]>([
    ['its community is left', (communityId) => ({ type: 'LeaveCommunity', communityId })],
    ['its community opts out', (communityId) => ({ type: 'DisableArchiving', communityId })],
    ['archiving is off for the node', () => ({ type: 'DisableProtocol' })],
  ])('is stopped when %s', async (_what, wish) => {
    const { node, packings, begun, start } = await openPackingNode()
    const communityId = await start(1)
    await start(2)
    const { signal, run } = await begun(0)
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve))
    await node.execute(wish(communityId), metaOf())
    await stopped
    expect(run.communityId).toBe(communityId)
    if (wish(communityId).type !== 'DisableProtocol') (await begun(1)).end(created(2))
    await node.calm()
    const failed = (await node.facts()).filter(({ type }) => type === 'ArchiveCreationFailed')
    const runs = wish(communityId).type === 'DisableProtocol' ? [1, 2] : [1]
    expect(failed).toMatchObject(runs.map((n) => ({ data: { runId: runId(n), code: 'STOPPED' } })))
    expect(packings).toHaveLength(2)
  })

  test('is stopped and left to the next process when the node stops', async () => {
    const { node, begun, start } = await openPackingNode()
    await start(1)
    await start(2)
    const { signal } = await begun(0)
    await node.reactors.stop()
    expect(signal.aborted).toBe(true)
    expect(await readRun(node.db, runId(1))).toMatchObject({ status: 'RUNNING' })
    expect(await readRun(node.db, runId(2))).toMatchObject({ status: 'RUNNING' })
  })
})
