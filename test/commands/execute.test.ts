import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/domain/commands.ts'
import { readCommunity } from '../../src/projections/communities.ts'
import { openNode } from '../support/open-node.ts'
import { addCommunity, changeTopics, communityNumber, createArchive, metaOf } from '../support/sample-wishes.ts'
import { valueOf } from '../support/value-of.ts'

const COMMUNITY = communityNumber(1)

/** Switches archiving on and off again, so that each wish is granted only after the one before it. */
function switches(count: number): readonly Command[] {
  return Array.from({ length: count }, (_, index) => ({
    type: index % 2 === 0 ? 'EnableArchiving' : 'DisableArchiving',
    communityId: COMMUNITY,
  }))
}

describe('a command', () => {
  test('is answered with what can be read by then', async () => {
    const node = openNode()
    const meta = metaOf()
    const answer = await node.execute(addCommunity(COMMUNITY), meta)
    const events = await node.recorded()
    expect(events.map(({ event }) => event.type)).toEqual(['CommunityAdded', 'ContentTopicsChanged'])
    expect(events.every((event) => event.correlationId === meta.correlationId && event.actor === 'local')).toBe(true)
    expect(answer).toEqual({
      ok: true,
      value: { position: events.at(-1)?.position, result: { communityId: COMMUNITY } },
    })
    expect(await readCommunity(node.db, COMMUNITY)).toMatchObject({ status: 'ADDED' })
  })

  test('is not answered before its commit', async () => {
    const commit = Promise.withResolvers<void>()
    const node = openNode({ beforeAppend: async () => commit.promise })
    let isAnswered = false
    const answer = node.execute(addCommunity(COMMUNITY), metaOf()).finally(() => (isAnswered = true))
    for (let turn = 0; turn < 20; turn += 1) await setImmediate()
    expect(isAnswered).toBe(false)
    commit.resolve()
    expect(await answer).toMatchObject({ ok: true })
  })

  test('that is refused writes nothing', async () => {
    const node = openNode()
    const answer = await node.execute({ type: 'LeaveCommunity', communityId: COMMUNITY }, metaOf())
    expect(answer).toEqual({ ok: false, error: { type: 'CommunityNotFound' } })
    expect(node.transactions).toEqual([])
    expect(node.log.head()).toBe(0)
  })

  test('that asks for what is, is granted without an event', async () => {
    const node = openNode()
    await node.execute(addCommunity(COMMUNITY), metaOf())
    const again = await node.execute(addCommunity(COMMUNITY), metaOf())
    expect(again).toEqual({ ok: true, value: { position: null, result: { communityId: COMMUNITY } } })
    expect(node.log.head()).toBe(2)
  })

  test('names the run that it started', async () => {
    const node = openNode()
    await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    const wish = createArchive(COMMUNITY, 1)
    const answer = await node.execute(wish, metaOf())
    expect(valueOf(answer).result).toEqual({ communityId: COMMUNITY, runId: wish.runId })
  })

  test('goes on from what a process before left', async () => {
    const before = openNode()
    await before.execute(addCommunity(COMMUNITY), metaOf())
    await before.close()
    const node = openNode({ folder: before.folder })
    expect(await node.execute(changeTopics(COMMUNITY, 7), metaOf())).toMatchObject({ ok: true })
    expect((await node.recorded()).map(({ version }) => version)).toEqual([1, 2, 3])
  })
})

describe('commands that wait together', () => {
  test('are one transaction on one stream, each decided on what the one before left', async () => {
    const node = openNode()
    await node.execute(addCommunity(COMMUNITY), metaOf())
    const answers = await Promise.all(switches(100).map(async (wish) => node.execute(wish, metaOf())))
    expect(node.transactions).toEqual([1, 100])
    expect(answers.map((answer) => valueOf(answer).position)).toEqual(Array.from({ length: 100 }, (_, n) => n + 3))
    expect((await node.recorded()).map(({ version }) => version)).toEqual(Array.from({ length: 102 }, (_, n) => n + 1))
  })

  test('are one transaction on 100 streams', async () => {
    const node = openNode()
    const wishes = Array.from({ length: 100 }, (_, n) => addCommunity(communityNumber(n)))
    const answers = await Promise.all(wishes.map(async (wish) => node.execute(wish, metaOf())))
    expect(node.transactions).toEqual([100])
    expect(answers.map((answer) => valueOf(answer).position)).toEqual(wishes.map((_, n) => 2 * n + 2))
  })

  test('are as many transactions as keep each of them short', async () => {
    const node = openNode()
    await node.execute(addCommunity(COMMUNITY), metaOf())
    await Promise.all(switches(600).map(async (wish) => node.execute(wish, metaOf())))
    expect(node.transactions).toEqual([1, 256, 256, 88])
  })

  test('are those that came while a commit was under way', async () => {
    const commit = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const node = openNode({
      beforeAppend: async () => {
        begun.resolve()
        await commit.promise
      },
    })
    const first = node.execute(addCommunity(COMMUNITY), metaOf())
    await begun.promise
    const others: Promise<unknown>[] = []
    for (const wish of switches(10)) {
      others.push(node.execute(wish, metaOf()))
      await setImmediate()
    }
    commit.resolve()
    await Promise.all([first, ...others])
    expect(node.transactions).toEqual([1, 10])
  })

  test('are answered in the order in which they came', async () => {
    const node = openNode()
    const order: number[] = []
    const wishes = [addCommunity(COMMUNITY), ...switches(50), addCommunity(communityNumber(2)), ...switches(50)]
    await Promise.all(
      wishes.map(async (wish, index) => {
        await node.execute(wish, metaOf())
        order.push(index)
      }),
    )
    expect(order).toEqual(wishes.map((_, index) => index))
  })

  test('do not share their refusals', async () => {
    const node = openNode()
    const wishes = [
      changeTopics(COMMUNITY, 1),
      addCommunity(COMMUNITY),
      changeTopics(COMMUNITY, 1, 1),
      changeTopics(COMMUNITY, 2),
    ]
    const answers = await Promise.all(wishes.map(async (wish) => node.execute(wish, metaOf())))
    expect(answers).toMatchObject([
      { ok: false, error: { type: 'CommunityNotFound' } },
      { ok: true },
      { ok: false, error: { type: 'ContentTopicRepeated' } },
      { ok: true },
    ])
    expect(node.transactions).toEqual([2])
  })
})
