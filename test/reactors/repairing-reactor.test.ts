import { describe, expect, test } from 'vitest'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { readParked } from '../../src/projections/parked.ts'
import type { Repaired } from '../../src/reactors/repairing-reactor.ts'
import { infoHash } from '../support/community-facts.ts'
import { openReactingNode, type ReactingNode } from '../support/reacting-node.ts'
import { createSeedingClientInMemory } from '../support/seeding-client-in-memory.ts'

type Outcome = Result<Repaired, { readonly code: string }>

interface RepairingNode extends ReactingNode {
  /** When a repair was tried, in milliseconds after the start, and because of what. */
  readonly tries: readonly { readonly at: number; readonly cause: string }[]
  /** How often what is unwanted was to end. */
  readonly ends: () => number
}

const HOUR_MS = 3_600_000

async function openRepairingNode(outcome: () => Outcome): Promise<RepairingNode> {
  const tries: { at: number; cause: string }[] = []
  let ends = 0
  const client = createSeedingClientInMemory()
  const node: ReactingNode = await openReactingNode({
    client,
    repairs: {
      repair: async ({ cause }) => {
        tries.push({ at: node.clock.now() - start, cause })
        return outcome()
      },
      endUnwanted: async () => void (ends += 1),
    },
  })
  const start = node.clock.now()
  return { ...node, tries, ends: () => ends }
}

async function fail(node: ReactingNode, code: 'FILES_MISSING' | 'TIMED_OUT'): Promise<string> {
  node.client.failWith(code)
  await node.addArchived()
  const failed = (await node.recorded()).findLast(({ event }) => event.type === 'SeedingFailed')
  return failed?.id ?? ''
}

describe('files', () => {
  test('that are recorded as damaged are repaired, because of the event that says so', async () => {
    const node = await openRepairingNode(() => ok('MENDED'))
    const cause = await fail(node, 'FILES_MISSING')
    expect(node.tries).toEqual([{ at: 0, cause }])
    // Until it is served again the record says what it said; that is no new damage.
    await node.calm()
    expect(node.tries).toHaveLength(1)
    expect(await node.story()).toEqual(['SeedingFailed 1 FILES_MISSING'])
  })

  test('that are recorded as damaged still are looked at again ever later: they may be damaged once more', async () => {
    const node = await openRepairingNode(() => ok('WHOLE'))
    await fail(node, 'FILES_MISSING')
    await node.advance(76 * HOUR_MS)
    expect(node.tries.map(({ at }) => at / HOUR_MS)).toEqual([0, 1, 3, 7, 15, 31, 55])
    // What is found whole time and again is given one new chance to be served, and is given up in the end.
    expect(node.client.calls).toHaveLength(21)
    expect(await readParked(node.db)).toMatchObject([{ reactor: 'seeding', code: 'FILES_MISSING', failures: 20 }])
  })

  test('that fail for another reason are not', async () => {
    const node = await openRepairingNode(() => ok('MENDED'))
    await fail(node, 'TIMED_OUT')
    expect(node.tries).toEqual([])
  })

  test('that cannot be mended are tried again ever later, and are shown in the end', async () => {
    const node = await openRepairingNode(() => err({ code: 'FILES_DAMAGED' }))
    await fail(node, 'FILES_MISSING')
    await node.advance(24 * 3_600_000)
    expect(node.tries).toHaveLength(20)
    expect(node.tries.at(-1)?.at).toBeGreaterThan(3_600_000)
    // Seeding waits for what becomes of the damage, so one trouble is given up once.
    expect(await readParked(node.db)).toMatchObject([{ reactor: 'repairing', code: 'FILES_DAMAGED', failures: 20 }])
    expect(await node.story()).toEqual(['SeedingFailed 1 FILES_MISSING'])
  })

  test('that are whole after all are served at once', async () => {
    const node = await openRepairingNode(() => {
      node.client.failWith(null)
      return ok('WHOLE')
    })
    await fail(node, 'FILES_MISSING')
    expect(await node.story()).toEqual(['SeedingFailed 1 FILES_MISSING', 'SeedingStarted 1', 'MagnetlinkDispatched 1'])
    expect(node.client.active()).toEqual(new Set([infoHash(1)]))
  })

  test('that are damaged once more are repaired once more', async () => {
    const node = await openRepairingNode(() => {
      node.client.failWith(null)
      return ok('WHOLE')
    })
    await fail(node, 'FILES_MISSING')
    const [{ event } = { event: null }] = (await node.recorded()).filter((each) => each.event.type === 'SeedingFailed')
    if (event?.type !== 'SeedingFailed') throw new Error('Nothing failed')
    const { communityId, data } = event
    await node.client.drop(data.infoHash)
    await node.wish({ type: 'RecordSeedingFailed', communityId, ...data })
    expect(node.tries).toHaveLength(2)
  })

  test('of a community that nobody wants served are let be, and what goes on is ended', async () => {
    const node = await openRepairingNode(() => err({ code: 'FILES_DAMAGED' }))
    await fail(node, 'FILES_MISSING')
    const [{ event } = { event: null }] = (await node.recorded()).filter((each) => each.event.type === 'SeedingFailed')
    if (event?.type !== 'SeedingFailed') throw new Error('Nothing failed')
    const before = node.ends()
    await node.wish({ type: 'WithdrawSeeding', communityId: event.communityId })
    const count = node.tries.length
    expect(node.ends()).toBeGreaterThan(before)
    await node.advance(3_600_000)
    expect(node.tries).toHaveLength(count)
  })
})
