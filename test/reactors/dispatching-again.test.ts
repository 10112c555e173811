import { describe, expect, test } from 'vitest'
import type { AnnounceUrl } from '../../src/domain/announce-url.ts'
import { DEFAULT_REDISPATCH_SECONDS } from '../../src/domain/community-settings.ts'
import { readCurrentMagnetlink } from '../../src/projections/magnetlinks.ts'
import { openReactingNode, type ReactingNode } from '../support/reacting-node.ts'

const REDISPATCH_MS = DEFAULT_REDISPATCH_SECONDS * 1000

describe('a torrent that was dispatched', () => {
  /** When it was dispatched, in milliseconds after the start. */
  async function dispatchTimes(node: ReactingNode, start: number): Promise<readonly number[]> {
    const events = await node.recorded()
    return events.filter(({ event }) => event.type === 'MagnetlinkDispatched').map((each) => each.recordedAt - start)
  }

  test('is dispatched again every eight hours, with a higher clock, also by the next process', async () => {
    const before = await openReactingNode()
    const start = before.clock.now()
    const communityId = await before.addArchived()
    await before.advance(2 * REDISPATCH_MS)
    expect(await dispatchTimes(before, start)).toEqual([0, REDISPATCH_MS, 2 * REDISPATCH_MS])
    await before.close()
    // What was missed meanwhile is made up for once.
    before.clock.advanceBy(5 * REDISPATCH_MS)
    const node = await openReactingNode({ folder: before.folder, clock: before.clock })
    await node.calm()
    expect(await dispatchTimes(node, start)).toEqual([0, 1, 2, 7].map((times) => times * REDISPATCH_MS))
    expect((await readCurrentMagnetlink(node.db, communityId))?.clock).toBe(node.clock.now())
  })

  test('is dispatched as often as was chosen for its community, to the trackers that were', async () => {
    const node = await openReactingNode()
    const start = node.clock.now()
    const communityId = await node.addArchived()
    const trackers = ['udp://other.example:1/announce' as AnnounceUrl]
    await node.wish({ type: 'ChangeSettings', communityId, changes: { redispatchSeconds: 3600, trackers } })
    await node.advance(3_600_000)
    expect(await dispatchTimes(node, start)).toEqual([0, 3_600_000])
    expect((await readCurrentMagnetlink(node.db, communityId))?.magnetUri).toMatch(
      /&tr=udp%3A%2F%2Fother\.example%3A1%2Fannounce$/,
    )
  })

  test('does not wait for the future that a clock ran ahead to', async () => {
    const node = await openReactingNode()
    await node.addArchived()
    node.clock.jumpBy(365 * 86_400_000)
    await node.calm()
    node.clock.jumpBy(-365 * 86_400_000)
    await node.calm()
    const count = (await node.story()).length
    await node.advance(REDISPATCH_MS - 1)
    expect((await node.story()).slice(count)).toEqual([])
    await node.advance(1)
    expect((await node.story()).slice(count)).toEqual(['MagnetlinkDispatched 1'])
  })
})
