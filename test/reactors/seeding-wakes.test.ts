import { describe, expect, test } from 'vitest'
import { ok } from '../../src/domain/result.ts'
import type { EventType } from '../../src/domain/events.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { eventually } from '../support/eventually.ts'
import { openReactingNode, type ReactingNode } from '../support/reacting-node.ts'
import { addCommunity, createArchive, metaOf } from '../support/sample-wishes.ts'

/** Resolves when the next event of a type is recorded. */
async function seen({ log }: ReactingNode, type: EventType): Promise<void> {
  for await (const { event } of log.tail(log.head(), new AbortController().signal)) if (event.type === type) return
}

describe('without being told to look', () => {
  test('what was withdrawn while it was verified is dropped when it is served after all', async () => {
    const node = await openReactingNode()
    const [begun, verified] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    node.client.answerWith(async () => {
      begun.resolve()
      await verified.promise
      return ok(null)
    })
    const communityId = await node.keys.createCommunity()
    await node.execute(addCommunity(communityId, { archiving: true }), metaOf())
    await node.execute(createArchive(communityId, 1), metaOf())
    await begun.promise
    const withdrawn = seen(node, 'SeedingWithdrawn')
    await node.execute({ type: 'WithdrawSeeding', communityId }, metaOf())
    await withdrawn
    verified.resolve()
    await eventually(() => expect(node.client.calls).toEqual(['serve 1 IF_CHANGED', 'drop 1']))
    expect(await node.story()).toEqual([])
  })

  test('what failed is tried again when its wait is over', async () => {
    const node = await openReactingNode()
    node.client.failWith('TIMED_OUT')
    const communityId = await node.keys.createCommunity()
    await node.execute(addCommunity(communityId, { archiving: true }), metaOf())
    const failed = seen(node, 'SeedingFailed')
    await node.execute(createArchive(communityId, 1), metaOf())
    await failed
    node.client.failWith(null)
    const started = seen(node, 'SeedingStarted')
    await node.reactors.settled()
    const due = node.clock.nextWakeAt() ?? expect.unreachable()
    node.clock.advanceTo((due - 1) as UnixMillis)
    await node.reactors.settled()
    expect(node.client.calls).toHaveLength(1)
    node.clock.advanceTo(due)
    await started
    expect(node.client.calls).toEqual(['serve 1 IF_CHANGED', 'serve 1 WHOLE'])
  })
})
