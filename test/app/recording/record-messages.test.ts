import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRecordMessages } from '../../../src/app/recording/record-messages.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { MessageInput, Wishes } from '../../../src/graphql/wishes.ts'
import { openMessageStore } from '../../../src/messages/message-store.ts'
import { readCommunity } from '../../../src/projections/communities.ts'
import { at, COMMUNITY, TOPICS } from '../../support/community-facts.ts'
import { openNode, type OpenNode } from '../../support/open-node.ts'
import { addCommunity, metaOf, metaWithKey } from '../../support/sample-wishes.ts'

interface RecordingNode {
  readonly node: OpenNode
  readonly record: Wishes['recordMessages']
  /** The communities whose messages came in, as the node is told. */
  readonly told: readonly CommunityId[]
}

async function openRecordingNode(): Promise<RecordingNode> {
  const node = openNode()
  const messages = openMessageStore(join(node.folder, 'messages.db'))
  onTestFinished(async () => messages.close())
  await node.execute(addCommunity(COMMUNITY), metaOf())
  const told: CommunityId[] = []
  const record = createRecordMessages({
    log: node.log,
    messages,
    readCommunity: async (communityId) => readCommunity(node.db, communityId),
    onRecorded: (communityId) => told.push(communityId),
  })
  return { node, record, told }
}

/** The n-th message: bytes and name of its own. */
function message(n: number, fields: Partial<MessageInput> = {}): MessageInput {
  return { timestamp: at(0) + n, topic: TOPICS[0] ?? '', payload: '0x0102', hash: `0x${'0'.repeat(7)}${n}`, ...fields }
}

const recorded = (count: number, duplicates = 0, rejected: readonly object[] = []): object => ({
  ok: true,
  value: { recorded: count, duplicates, rejected },
})

describe('recording messages', () => {
  test('records each once', async () => {
    const { record } = await openRecordingNode()
    expect(await record(COMMUNITY, [message(1), message(2), message(1)], metaOf())).toEqual(recorded(2, 1))
    expect(await record(COMMUNITY, [message(2), message(3)], metaOf())).toEqual(recorded(1, 1))
  })

  test('tells the node that messages came in, and nothing where all were there already', async () => {
    const { record, told } = await openRecordingNode()
    await record(COMMUNITY, [message(1), message(1, { payload: '0x0' })], metaOf())
    expect(told).toEqual([COMMUNITY])
    await record(COMMUNITY, [message(1)], metaOf())
    await record(COMMUNITY, [message(2, { payload: '0xabc' })], metaOf())
    expect(told).toEqual([COMMUNITY])
  })

  test('records the good ones, and tells of the others by their place in the call', async () => {
    const { record } = await openRecordingNode()
    await record(COMMUNITY, [message(1)], metaOf())
    const inputs = [
      message(2, { payload: '0xabc' }),
      message(3),
      message(1, { payload: '0xffff' }),
      message(4, { topic: 'nonsense' }),
      message(5),
    ]
    const answer = await record(COMMUNITY, inputs, metaOf())
    expect(answer).toMatchObject(recorded(2, 0, [{ index: 0 }, { index: 2, code: 'CONFLICT' }, { index: 3 }]))
    // What was there first is kept, and what was recorded is there.
    expect(await record(COMMUNITY, [message(1), message(3), message(5)], metaOf())).toEqual(recorded(0, 3))
  })

  test('with a key sent twice gives the first answer', async () => {
    const { node, record } = await openRecordingNode()
    const inputs = [message(1), message(2)]
    expect(await record(COMMUNITY, inputs, metaWithKey('k', inputs))).toEqual(recorded(2))
    const head = node.log.head()
    expect(await record(COMMUNITY, inputs, metaWithKey('k', inputs))).toEqual(recorded(2))
    expect(await record(COMMUNITY, inputs, metaOf())).toEqual(recorded(0, 2))
    expect(node.log.head()).toBe(head)
  })

  test('with the key of another wish is refused, and records nothing', async () => {
    const { record } = await openRecordingNode()
    await record(COMMUNITY, [message(1)], metaWithKey('k', 1))
    expect(await record(COMMUNITY, [message(2)], metaWithKey('k', 2))).toEqual({
      ok: false,
      error: { type: 'IdempotencyKeyReused', key: 'k' },
    })
    expect(await record(COMMUNITY, [message(2)], metaOf())).toEqual(recorded(1))
  })

  test('is refused to a community that is unknown, or was left', async () => {
    const { node, record } = await openRecordingNode()
    const unknown = `0x${'01'.repeat(32)}` as typeof COMMUNITY
    expect(await record(unknown, [message(1)], metaOf())).toEqual({ ok: false, error: { type: 'CommunityNotFound' } })
    await node.execute({ type: 'LeaveCommunity', communityId: COMMUNITY }, metaOf())
    expect(await record(COMMUNITY, [message(1)], metaOf())).toEqual({
      ok: false,
      error: { type: 'CommunityWasLeft' },
    })
    await node.execute(addCommunity(COMMUNITY), metaOf())
    expect(await record(COMMUNITY, [message(1)], metaOf())).toEqual(recorded(1))
  })
})
