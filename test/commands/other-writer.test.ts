import { describe, expect, test } from 'vitest'
import { answerOnce } from '../../src/commands/earlier-answer.ts'
import { ok } from '../../src/domain/result.ts'
import { communityStream } from '../../src/events/recorded-event.ts'
import { openNode, type OpenNode } from '../support/open-node.ts'
import { addCommunity, changeTopics, communityNumber, metaOf, metaWithKey } from '../support/sample-wishes.ts'

const COMMUNITY = communityNumber(1)
const OTHER = communityNumber(2)
const ENABLE = { type: 'EnableArchiving', communityId: COMMUNITY } as const
const DISABLE = { type: 'DisableArchiving', communityId: COMMUNITY } as const

describe('another writer', () => {
  /** Opens a node with a community; `intrude` comes between the next decision and its append. */
  async function openWith(intrude: (node: OpenNode) => Promise<unknown>): Promise<OpenNode> {
    let isArmed = false
    const node: OpenNode = openNode({
      beforeAppend: async () => {
        if (!isArmed) return
        isArmed = false
        await intrude(node)
      },
    })
    await node.execute(addCommunity(COMMUNITY), metaOf())
    isArmed = true
    return node
  }

  type Type = 'CommunityLeft' | 'ArchivingEnabled' | 'SeedingWithdrawn'

  async function appendElsewhere({ log }: OpenNode, ...types: readonly Type[]): Promise<void> {
    const events = types.map((type) => ({ type, communityId: COMMUNITY, data: {} }))
    const stream = communityStream(COMMUNITY)
    await log.append([{ stream, expectedVersion: 2, events, meta: metaOf(), receipt: null }])
  }

  test('has the command decided anew on what it wrote: refused', async () => {
    const node = await openWith(async (self) => appendElsewhere(self, 'CommunityLeft'))
    const answer = await node.execute(changeTopics(COMMUNITY, 1), metaOf())
    expect(answer).toEqual({ ok: false, error: { type: 'CommunityWasLeft' } })
  })

  test('has the command decided anew on what it wrote: granted already', async () => {
    const node = await openWith(async (self) => appendElsewhere(self, 'ArchivingEnabled'))
    expect(await node.execute(ENABLE, metaOf())).toMatchObject({ ok: true, value: { position: null } })
    expect(node.log.head()).toBe(3)
  })

  test('has the rest of the group decided anew too, in order', async () => {
    const node = await openWith(async (self) => appendElsewhere(self, 'ArchivingEnabled', 'SeedingWithdrawn'))
    const wishes = [changeTopics(COMMUNITY, 1), DISABLE, addCommunity(OTHER), changeTopics(COMMUNITY, 2)]
    const answers = await Promise.all(wishes.map(async (wish) => node.execute(wish, metaOf())))
    expect(answers).toMatchObject([7, 8, 6, 9].map((position) => ({ ok: true, value: { position } })))
    expect(node.log.head()).toBe(9)
  })

  test('with the same key for the same wish: its answer is given', async () => {
    const key = metaWithKey('k')
    const node = await openWith(async (self) => {
      const elsewhere = openNode({ folder: self.folder })
      await elsewhere.execute(changeTopics(COMMUNITY, 1), key)
    })
    expect(await node.execute(changeTopics(COMMUNITY, 1), key)).toMatchObject({ ok: true, value: { position: 3 } })
    expect(await node.execute(changeTopics(COMMUNITY, 2), metaOf())).toMatchObject({ ok: true, value: { position: 4 } })
  })

  test('with the same key for another wish: refused', async () => {
    const node = await openWith(async (self) => {
      const elsewhere = openNode({ folder: self.folder })
      await elsewhere.execute(addCommunity(OTHER), metaWithKey('k', 'other'))
    })
    const answers = await Promise.all([
      node.execute(changeTopics(COMMUNITY, 1), metaWithKey('k')),
      node.execute(changeTopics(COMMUNITY, 2), metaOf()),
    ])
    expect(answers).toMatchObject([
      { ok: false, error: { type: 'IdempotencyKeyReused', key: 'k' } },
      { ok: true, value: { position: 5 } },
    ])
  })

  test('that took the key of a wish without events: that is refused, and the next is written once', async () => {
    const node = await openWith(async ({ log }) => {
      await answerOnce(log, 'RecordMessages', metaWithKey('k'), async () => ok(1))
    })
    const answers = await Promise.all([
      node.execute(DISABLE, metaWithKey('k')),
      node.execute(changeTopics(COMMUNITY, 1), metaOf()),
    ])
    expect(answers).toMatchObject([
      { ok: false, error: { type: 'IdempotencyKeyReused', key: 'k' } },
      { ok: true, value: { position: 3 } },
    ])
    expect(node.log.head()).toBe(3)
  })
})
