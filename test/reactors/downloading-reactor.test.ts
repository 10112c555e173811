import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/domain/commands.ts'
import { err, ok } from '../../src/domain/result.ts'
import { COMMUNITY as communityId, infoHash } from '../support/community-facts.ts'
import { eventually } from '../support/eventually.ts'
import { openFetchingNode, SETTLE_MS, type FetchingNode } from '../support/fetching-node.ts'
import { downloadCancelled, downloadFailed, downloadId, downloadStarted } from '../support/member-facts.ts'
import { addCommunity, communityNumber } from '../support/sample-wishes.ts'

/** What is recorded of downloads, in order. */
async function told(node: FetchingNode): Promise<readonly unknown[]> {
  return (await node.facts()).filter(({ type }) => type.startsWith('Download'))
}

/** Lets the link settle while no download is under way. */
async function settle(node: FetchingNode): Promise<void> {
  await node.reactor.settled()
  node.clock.advanceBy(SETTLE_MS)
}

describe('a link', () => {
  test('is fetched when no newer one came for a while: of a burst the newest alone', async () => {
    const node = await openFetchingNode()
    for (const n of [1, 2, 3]) {
      await node.learn(n)
      await node.advance(SETTLE_MS - 1)
    }
    expect(node.begun).toEqual([])
    node.clock.advanceBy(1)
    const { running, at } = await node.begin(0)
    expect([running.infoHash, at]).toEqual([infoHash(3), 3 * SETTLE_MS - 2])
    expect(await told(node)).toEqual([
      { ...downloadStarted(1), data: { ...downloadStarted(3).data, downloadId: downloadId(1) } },
    ])
    const received = (await node.recorded()).findLast(({ event }) => event.type === 'MagnetlinkReceived')
    const started = (await node.recorded()).at(-1)
    expect(started).toMatchObject({ actor: 'reactor:downloading', causationId: received?.id })
    expect(started?.correlationId).toBe(received?.correlationId)
    expect(running.cause).toBe(started?.id)
  })

  test('does not wait for longer when the clock is set back', async () => {
    const node = await openFetchingNode()
    await node.learn(1)
    await node.reactor.settled()
    node.clock.jumpBy(-3_600_000)
    expect((await node.begin(0)).running.infoHash).toBe(infoHash(1))
  })

  test('that is newer ends the download of an older one once it has settled, and not before', async () => {
    const node = await openFetchingNode()
    await node.learn(1)
    await settle(node)
    const first = await node.begin(0)
    await node.learn(2)
    await eventually(() => expect(node.clock.nextWakeAt()).toBe(node.clock.now() + SETTLE_MS))
    node.clock.advanceBy(SETTLE_MS - 1)
    expect(first.signal.aborted).toBe(false)
    node.clock.advanceBy(1)
    const second = await node.begin(1)
    expect(first.signal.aborted).toBe(true)
    expect(second.running.infoHash).toBe(infoHash(2))
    // What was stopped has not failed.
    expect(await told(node)).toEqual([downloadStarted(1), downloadCancelled(1, 'SUPERSEDED'), downloadStarted(2)])
    expect(node.faults).toEqual([])
  })

  test('that was fetched is not fetched again', async () => {
    const node = await openFetchingNode({ outcome: async ({ running }) => ok(await node.finish(running)) })
    await node.learn(1)
    await node.advance(SETTLE_MS)
    expect(node.begun).toHaveLength(1)
    node.reactor.wake()
    await node.advance(10 * SETTLE_MS)
    expect(node.begun).toHaveLength(1)
  })

  test('whose fetching was cancelled is fetched when it is asked for', async () => {
    const node = await openFetchingNode()
    await node.learn(1)
    await settle(node)
    const { signal } = await node.begin(0)
    await node.wish({ type: 'CancelDownload', communityId })
    await eventually(() => expect(signal.aborted).toBe(true))
    await node.advance(10 * SETTLE_MS)
    expect(node.begun).toHaveLength(1)
    const wish = { downloadId: downloadId(2), selection: null, occasion: 'REQUEST', protocolEnabled: true } as const
    await node.wish({ type: 'StartDownload', communityId, ...wish })
    expect((await node.begin(1)).running.downloadId).toBe(downloadId(2))
    expect((await told(node))[1]).toEqual(downloadCancelled(1, 'REQUESTED'))
  })

  test('of one community does not wait for the download of another', async () => {
    const node = await openFetchingNode()
    await node.wish(addCommunity(communityNumber(2), { role: 'MEMBER', archiving: true }))
    await node.learn(1)
    await node.learn(1, communityNumber(2))
    await settle(node)
    const both = [await node.begin(0), await node.begin(1)]
    expect(both.map(({ running }) => running.communityId).toSorted()).toEqual([communityNumber(2), communityId])
  })
})

describe('a download that does not get on', () => {
  test('is tried ever later, and told of once for each change of reason', async () => {
    const codes = ['NO_PEERS', 'NO_PEERS', 'NO_PEERS', 'STALLED', 'STALLED'] as const
    const node = await openFetchingNode({
      async outcome({ running }) {
        const code = codes[node.begun.length - 1]
        return code === undefined ? ok(await node.finish(running)) : err({ code, numbers: {} })
      },
    })
    await node.learn(1)
    await node.advance(60_000)
    // The pause doubles up to its bound, which is 4 s here.
    expect(node.begun.map(({ at }) => at - SETTLE_MS)).toEqual([0, 1_000, 3_000, 7_000, 11_000, 15_000])
    expect(await told(node)).toMatchObject([
      downloadStarted(1),
      downloadFailed(1, 'NO_PEERS'),
      downloadFailed(1, 'STALLED'),
      { type: 'DownloadFinished' },
    ])
  })

  test('gives way to a newer link while it waits', async () => {
    const node = await openFetchingNode({ outcome: async () => err({ code: 'NO_PEERS', numbers: {} }) })
    await node.learn(1)
    await node.advance(SETTLE_MS)
    await node.learn(2)
    await node.advance(SETTLE_MS)
    const last = node.begun.at(-1)
    expect(last?.running.infoHash).toBe(infoHash(2))
    expect(last?.at).toBe(2 * SETTLE_MS)
  })

  test('because of a fault is tried again too', async () => {
    const fault = new Error('made by a test')
    const node = await openFetchingNode({
      async outcome({ running }) {
        if (node.begun.length === 1) throw fault
        return ok(await node.finish(running))
      },
    })
    await node.learn(1)
    await node.advance(SETTLE_MS + 1_000)
    expect([node.begun.length, node.faults]).toEqual([2, [fault]])
    expect((await told(node)).at(-1)).toMatchObject({ type: 'DownloadFinished' })
  })
})

const OFF_AND_ON: readonly (readonly [what: string, off: Command, on: Command])[] = [
  ['the community opts out', { type: 'DisableArchiving', communityId }, { type: 'EnableArchiving', communityId }],
  ['seeding is withdrawn', { type: 'WithdrawSeeding', communityId }, { type: 'RequestSeeding', communityId }],
  ['archiving is off for the node', { type: 'DisableProtocol' }, { type: 'EnableProtocol' }],
  ['the node is offline', { type: 'SetOnline', online: false }, { type: 'SetOnline', online: true }],
]

describe('a download that is under way', () => {
  test.each(OFF_AND_ON)('pauses when %s, and goes on after', async (_what, off, on) => {
    const node = await openFetchingNode()
    await node.learn(1)
    await settle(node)
    const { signal, running } = await node.begin(0)
    await node.wish(off)
    await eventually(() => expect(signal.aborted).toBe(true))
    await node.advance(10 * SETTLE_MS)
    expect(node.begun).toHaveLength(1)
    await node.wish(on)
    expect((await node.begin(1)).running).toEqual(running)
    expect(await told(node)).toEqual([downloadStarted(1)])
  })

  test('ends when the community is left, and begins anew once it is a member again', async () => {
    const node = await openFetchingNode()
    await node.learn(1)
    await settle(node)
    const { signal } = await node.begin(0)
    await node.wish({ type: 'LeaveCommunity', communityId })
    await eventually(() => expect(signal.aborted).toBe(true))
    await node.advance(10 * SETTLE_MS)
    expect(node.begun).toHaveLength(1)
    await node.wish(addCommunity(communityId, { role: 'MEMBER', archiving: true }))
    expect((await node.begin(1)).running.downloadId).toBe(downloadId(2))
    expect((await told(node)).slice(1, 2)).toEqual([downloadCancelled(1, 'LEFT')])
  })

  test('goes on at once in the next process', async () => {
    const node = await openFetchingNode()
    await node.learn(1)
    await settle(node)
    const { running, signal } = await node.begin(0)
    await node.close()
    expect(signal.aborted).toBe(true)
    const next = await openFetchingNode({ folder: node.folder, clock: node.clock, before: 1 })
    next.reactor.wake()
    expect((await next.begin(0)).running).toEqual(running)
    expect(await told(next)).toEqual([downloadStarted(1)])
  })
})
