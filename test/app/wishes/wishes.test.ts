import { describe, expect, test } from 'vitest'
import { createAddCommunity } from '../../../src/app/wishes/wishes.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { AddCommunityInput } from '../../../src/graphql/wishes.ts'
import { readCommunity } from '../../../src/projections/communities.ts'
import { COMMUNITY, TOPICS } from '../../support/community-facts.ts'
import { openWishingNode } from '../../support/open-wishing-node.ts'
import { metaOf, metaWithKey } from '../../support/sample-wishes.ts'
import { valueOf } from '../../support/value-of.ts'

const FOREIGN = `0x02${'ab'.repeat(32)}` as CommunityId

function input(fields: Partial<AddCommunityInput> = {}): AddCommunityInput {
  return { communityId: null, role: 'CONTROL_NODE', contentTopics: TOPICS, archiving: true, ...fields }
}

describe('adding a community without an id', () => {
  test('makes its key, and names the community after that', async () => {
    const { node, ports, keyFiles } = await openWishingNode()
    const answer = valueOf(await createAddCommunity(ports)(input(), metaOf()))
    const communityId = answer.result.communityId ?? expect.unreachable()
    expect(keyFiles()).toEqual([communityId])
    expect(await ports.keys.canSign(communityId)).toBe(true)
    expect(await readCommunity(node.db, communityId)).toMatchObject({ role: 'CONTROL_NODE', archiving: 'ENABLED' })
  })

  test('leaves no key where it is refused', async () => {
    const { node, ports, keyFiles } = await openWishingNode()
    const topic = TOPICS[0] ?? expect.unreachable()
    const answer = await createAddCommunity(ports)(input({ contentTopics: [topic, topic] }), metaOf())
    expect(answer).toMatchObject({ ok: false, error: { type: 'ContentTopicRepeated' } })
    expect(keyFiles()).toEqual([])
    expect(node.log.head()).toBe(0)
  })

  test('again with the same key adds no second one, and leaves no second key', async () => {
    const { node, ports, keyFiles } = await openWishingNode()
    const add = createAddCommunity(ports)
    const first = await add(input(), metaWithKey('k', input()))
    const head = node.log.head()
    expect(await add(input(), metaWithKey('k', input()))).toEqual(first)
    expect(node.log.head()).toBe(head)
    expect(keyFiles()).toEqual([valueOf(first).result.communityId])
  })

  test('twice at once with the same key is once', async () => {
    const { ports, keyFiles } = await openWishingNode()
    const add = createAddCommunity(ports)
    const answers = await Promise.all(Array.from({ length: 5 }, async () => add(input(), metaWithKey('k', input()))))
    const communities = new Set(answers.map((answer) => valueOf(answer).result.communityId))
    expect(communities.size).toBe(1)
    expect(new Set(keyFiles())).toEqual(communities)
  })

  test('with the key of another wish is refused, and leaves no key', async () => {
    const { ports, keyFiles } = await openWishingNode()
    const add = createAddCommunity(ports)
    await add(input(), metaWithKey('k', 1))
    const other = await add(input(), metaWithKey('k', 2))
    expect(other).toEqual({ ok: false, error: { type: 'IdempotencyKeyReused', key: 'k' } })
    expect(keyFiles()).toHaveLength(1)
  })

  test('without a key makes a new one each time', async () => {
    const { ports, keyFiles } = await openWishingNode()
    const add = createAddCommunity(ports)
    await add(input(), metaOf())
    await add(input(), metaOf())
    expect(keyFiles()).toHaveLength(2)
  })
})

describe('adding a community by its id', () => {
  test('as the control node of a native one needs its key', async () => {
    const { node, ports } = await openWishingNode()
    const answer = await createAddCommunity(ports)(input({ communityId: COMMUNITY }), metaOf())
    expect(answer).toEqual({ ok: false, error: { type: 'CommunityKeyMissing' } })
    expect(node.log.head()).toBe(0)
    const ours = await ports.keys.createCommunity()
    expect(await createAddCommunity(ports)(input({ communityId: ours }), metaOf())).toMatchObject({ ok: true })
  })

  test.each([
    ['as a member', input({ communityId: COMMUNITY, role: 'MEMBER' })],
    ['that is foreign', input({ communityId: FOREIGN })],
    ['that is foreign, as a member', input({ communityId: FOREIGN, role: 'MEMBER' })],
  ])('%s needs no key of its own', async (_what, wish) => {
    const { node, ports, keyFiles } = await openWishingNode()
    expect(await createAddCommunity(ports)(wish, metaOf())).toMatchObject({ ok: true })
    expect(keyFiles()).toEqual([])
    expect((await node.facts())[0]).toMatchObject({ communityId: wish.communityId, data: { role: wish.role } })
  })

  test('again with the same key gives the first answer, though the key is gone', async () => {
    const { ports } = await openWishingNode()
    const communityId = await ports.keys.createCommunity()
    const add = createAddCommunity(ports)
    const first = await add(input({ communityId }), metaWithKey('k'))
    await ports.keys.discard(communityId)
    expect(await add(input({ communityId }), metaWithKey('k'))).toEqual(first)
  })
})
