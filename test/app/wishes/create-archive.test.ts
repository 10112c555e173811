import { describe, expect, test } from 'vitest'
import { createCreateArchive, type WishPorts } from '../../../src/app/wishes/wishes.ts'
import { PARTITION_SECONDS } from '../../../src/domain/archive.ts'
import { err, ok } from '../../../src/domain/result.ts'
import { at, COMMUNITY, TOPICS } from '../../support/community-facts.ts'
import type { OpenNode } from '../../support/open-node.ts'
import { openWishingNode } from '../../support/open-wishing-node.ts'
import { addCommunity, metaOf, metaWithKey } from '../../support/sample-wishes.ts'
import { valueOf } from '../../support/value-of.ts'

describe('creating an archive', () => {
  const wish = { communityId: COMMUNITY, from: null, to: null }

  test('packs from the oldest message of the community’s topics up to now, in whole seconds', async () => {
    const asked: unknown[] = []
    const { node, ports } = await openWishingNode({
      oldestMessageAt: (...about) => {
        asked.push(about)
        return at(0)
      },
    })
    await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    const answer = valueOf(await createCreateArchive(ports)(wish, metaOf()))
    expect(asked).toEqual([[COMMUNITY, TOPICS]])
    expect((await node.facts()).at(-1)).toMatchObject({
      type: 'ArchiveCreationStarted',
      data: { from: at(0), to: at(1), runId: answer.result.runId },
    })
  })

  test('again with the same key names the same run', async () => {
    const { node, ports } = await openWishingNode()
    await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    const create = createCreateArchive(ports)
    const first = await create(wish, metaWithKey('k', wish))
    expect(await create(wish, metaWithKey('k', wish))).toEqual(first)
    expect(await create(wish, metaOf())).toMatchObject({
      error: { type: 'ArchiveCreationRunning', runId: valueOf(first).result.runId },
    })
  })

  test.each([
    ['CommunityNotFound', async () => undefined],
    ['NoMessagesYet', async (node: OpenNode) => node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())],
    ['ProtocolIsDisabled', disableProtocol],
  ])('is refused: %s', async (type, prepare) => {
    const { node, ports } = await openWishingNode({ oldestMessageAt: () => null })
    await prepare(node)
    expect(await createCreateArchive(ports)(wish, metaOf())).toMatchObject({ ok: false, error: { type } })
  })
})

describe('room for an archive', () => {
  const wish = { communityId: COMMUNITY, from: null, to: null }
  const full = err({ type: 'DiskTooFull', neededBytes: 2, freeBytes: 1 } as const)

  test('is asked for with what would be packed, before the run begins', async () => {
    const asked: unknown[] = []
    const { node, ports } = await openWishingNode({
      checkSpace: async (run) => {
        asked.push(run)
        return full
      },
    })
    await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    const head = node.log.head()
    expect(await createCreateArchive(ports)(wish, metaOf())).toEqual(full)
    const range = { from: at(0), to: at(1), partitionSeconds: PARTITION_SECONDS }
    expect(asked).toEqual([{ communityId: COMMUNITY, contentTopics: TOPICS, recordedAfter: 0, ...range }])
    expect(node.log.head()).toBe(head)
  })

  test('is not asked for where the run is refused anyway, nor where it began already', async () => {
    let room: ReturnType<WishPorts['checkSpace']> = Promise.resolve(full)
    const { node, ports } = await openWishingNode({ checkSpace: async () => room })
    const create = createCreateArchive(ports)
    expect(await create(wish, metaOf())).toMatchObject({ error: { type: 'CommunityNotFound' } })
    await node.execute(addCommunity(COMMUNITY), metaOf())
    expect(await create(wish, metaOf())).toMatchObject({ error: { type: 'ArchivingIsDisabled' } })
    await node.execute({ type: 'EnableArchiving', communityId: COMMUNITY }, metaOf())
    expect(await create({ ...wish, from: at(1) }, metaOf())).toMatchObject({ error: { type: 'RangeNotNext' } })
    room = Promise.resolve(ok(null))
    const first = valueOf(await create(wish, metaWithKey('k', wish)))
    room = Promise.resolve(full)
    expect(valueOf(await create(wish, metaWithKey('k', wish)))).toEqual(first)
  })
})

async function disableProtocol(node: OpenNode): Promise<void> {
  await node.execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
  await node.execute({ type: 'DisableProtocol' }, metaOf())
}
