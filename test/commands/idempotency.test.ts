import { describe, expect, test } from 'vitest'
import { openNode, type OpenNode } from '../support/open-node.ts'
import {
  addCommunity,
  changeTopics,
  communityNumber,
  createArchive,
  metaOf,
  metaWithKey,
} from '../support/sample-wishes.ts'

const COMMUNITY = communityNumber(1)

async function openWithCommunity(): Promise<OpenNode> {
  const node = openNode()
  await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
  return node
}

describe('a key sent twice', () => {
  test('gives the first answer and no second event, though the state would refuse the wish now', async () => {
    const node = await openWithCommunity()
    const first = await node.execute(createArchive(COMMUNITY, 1), metaWithKey('k'))
    // The second try has a run id of its own, which comes to nothing.
    const second = await node.execute(createArchive(COMMUNITY, 2), metaWithKey('k'))
    expect(first).toMatchObject({ ok: true, value: { result: { runId: createArchive(COMMUNITY, 1).runId } } })
    expect(second).toEqual(first)
    expect(await node.execute(createArchive(COMMUNITY, 3), metaOf())).toMatchObject({
      error: { type: 'ArchiveCreationRunning' },
    })
    expect((await node.facts()).filter(({ type }) => type === 'ArchiveCreationStarted')).toHaveLength(1)
  })

  test('gives the first answer where the state has changed back', async () => {
    const node = await openWithCommunity()
    const first = await node.execute(changeTopics(COMMUNITY, 1), metaWithKey('k', [1]))
    await node.execute(changeTopics(COMMUNITY, 2), metaOf())
    const head = node.log.head()
    expect(await node.execute(changeTopics(COMMUNITY, 1), metaWithKey('k', [1]))).toEqual(first)
    expect(node.log.head()).toBe(head)
  })

  test('gives the first answer where that led to no event', async () => {
    const node = await openWithCommunity()
    const wish = { type: 'EnableArchiving', communityId: COMMUNITY } as const
    const first = await node.execute(wish, metaWithKey('k'))
    expect(first).toMatchObject({ ok: true, value: { position: null } })
    await node.execute({ type: 'DisableArchiving', communityId: COMMUNITY }, metaOf())
    const head = node.log.head()
    expect(await node.execute(wish, metaWithKey('k'))).toEqual(first)
    expect(node.log.head()).toBe(head)
  })

  test('gives the first answer in the next process', async () => {
    const before = await openWithCommunity()
    const first = await before.execute(changeTopics(COMMUNITY, 1), metaWithKey('k'))
    await before.close()
    const node = openNode({ folder: before.folder })
    expect(await node.execute(changeTopics(COMMUNITY, 1), metaWithKey('k'))).toEqual(first)
  })

  test('gives the first answer within one group, and what comes between is decided once', async () => {
    const node = await openWithCommunity()
    const [first, other, second] = await Promise.all([
      node.execute(createArchive(COMMUNITY, 1), metaWithKey('k')),
      node.execute(changeTopics(COMMUNITY, 5), metaOf()),
      node.execute(createArchive(COMMUNITY, 2), metaWithKey('k')),
    ])
    expect(first).toMatchObject({ ok: true })
    expect(other).toMatchObject({ ok: true })
    expect(second).toEqual(first)
    expect((await node.facts()).map(({ type }) => type).slice(3)).toEqual([
      'ArchiveCreationStarted',
      'ContentTopicsChanged',
    ])
  })
})

describe('a key of another wish', () => {
  const refused = { ok: false, error: { type: 'IdempotencyKeyReused', key: 'k' } }

  test.each([
    { what: 'input', wish: changeTopics(COMMUNITY, 2), input: [2] },
    { what: 'command', wish: { type: 'LeaveCommunity', communityId: COMMUNITY } as const, input: [1] },
  ])('is refused: other $what', async ({ wish, input }) => {
    const node = await openWithCommunity()
    await node.execute(changeTopics(COMMUNITY, 1), metaWithKey('k', [1]))
    const head = node.log.head()
    expect(await node.execute(wish, metaWithKey('k', input))).toEqual(refused)
    expect(node.log.head()).toBe(head)
  })

  test('is refused within one group', async () => {
    const node = await openWithCommunity()
    const answers = await Promise.all([
      node.execute(changeTopics(COMMUNITY, 1), metaWithKey('k', [1])),
      node.execute(changeTopics(COMMUNITY, 2), metaWithKey('k', [2])),
    ])
    expect(answers).toMatchObject([{ ok: true }, refused])
  })

  test('is free where the actor is another', async () => {
    const node = await openWithCommunity()
    const idempotency = { key: 'k', input: [2] }
    await node.execute(changeTopics(COMMUNITY, 1), metaWithKey('k', [1]))
    const other = await node.execute(changeTopics(COMMUNITY, 2), metaOf({ actor: 'cli', idempotency }))
    expect(other).toMatchObject({ ok: true, value: { position: node.log.head() } })
  })
})

describe('the key of a wish that was refused', () => {
  test('is free, as refusals are not kept', async () => {
    const node = openNode()
    const wish = changeTopics(COMMUNITY, 1)
    expect(await node.execute(wish, metaWithKey('k'))).toMatchObject({ error: { type: 'CommunityNotFound' } })
    await node.execute(addCommunity(COMMUNITY), metaOf())
    expect(await node.execute(wish, metaWithKey('k'))).toMatchObject({ ok: true, value: { position: 3 } })
  })

  test('is free within one group', async () => {
    const node = await openWithCommunity()
    const answers = await Promise.all([
      node.execute(changeTopics(COMMUNITY, 1, 1), metaWithKey('k', [1, 1])),
      node.execute(changeTopics(COMMUNITY, 2), metaWithKey('k', [2])),
    ])
    expect(answers).toMatchObject([{ error: { type: 'ContentTopicRepeated' } }, { ok: true }])
  })
})
