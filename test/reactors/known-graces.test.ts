import { describe, expect, test } from 'vitest'
import type { UnixMillis } from '../../src/domain/time.ts'
import { createKnownGraces } from '../../src/reactors/known-graces.ts'
import type { RecordedTorrent } from '../../src/reactors/plan-seeding.ts'
import { infoHash } from '../support/community-facts.ts'
import { GRACE_MS, openReactingNode } from '../support/reacting-node.ts'
import { communityNumber, createArchive } from '../support/sample-wishes.ts'

const YEARS_MS = 3 * 365 * 86_400_000
const at = (ms: number): UnixMillis => ms as UnixMillis

function retiring(n: number, retiringSince: number | null): RecordedTorrent {
  return {
    communityId: communityNumber(1),
    infoHash: infoHash(n),
    role: 'RETIRING',
    state: 'SERVED',
    retiringSince: retiringSince === null ? null : at(retiringSince),
    graceMs: 60,
    isLeftAlone: false,
    unwantedReason: null,
  }
}

describe('the beginning of a grace', () => {
  test('is the recorded one, unless it is yet to come', () => {
    const torrents = [retiring(1, null), retiring(2, 99), retiring(3, 100)]
    expect(createKnownGraces()(torrents, at(100))).toEqual(torrents)
  })

  test('is when it was first seen where it is yet to come, each its own', () => {
    const known = createKnownGraces()
    const [one, two] = [retiring(1, 900), retiring(2, 900)]
    expect(known([one], at(100))).toEqual([retiring(1, 100)])
    expect(known([one, two], at(150))).toEqual([retiring(1, 100), retiring(2, 150)])
    expect(known([one, two], at(900))).toEqual([one, two])
  })

  test('is now where the clock was set back once more', () => {
    const known = createKnownGraces()
    known([retiring(1, 900)], at(500))
    expect(known([retiring(1, 900)], at(100))).toEqual([retiring(1, 100)])
    expect(known([retiring(1, 900)], at(140))).toEqual([retiring(1, 100)])
  })

  test('is forgotten with the torrent', () => {
    const known = createKnownGraces()
    known([retiring(1, 900)], at(100))
    known([], at(110))
    expect(known([retiring(1, 900)], at(150))).toEqual([retiring(1, 150)])
  })
})

describe('a rollover under a clock that ran years ahead, and was set back', () => {
  test.each<[what: string, restart: boolean]>([
    ['a process that goes on', false],
    ['one that is started then', true],
  ])('has one grace from the first look on, in %s', async (_what, restart) => {
    const before = await openReactingNode()
    const { clock, folder } = before
    clock.jumpBy(YEARS_MS)
    const communityId = await before.addArchived()
    await before.wish(createArchive(communityId, 2))
    clock.jumpBy(-YEARS_MS)
    if (restart) await before.close()
    const node = restart ? await openReactingNode({ folder, clock }) : before
    await node.calm()
    expect(node.client.active()).toEqual(new Set([infoHash(1), infoHash(2)]))
    await node.advance(GRACE_MS - 1)
    expect(node.client.active()).toEqual(new Set([infoHash(1), infoHash(2)]))
    await node.advance(1)
    expect(node.client.active()).toEqual(new Set([infoHash(2)]))
    // The log is ahead still, and so is the beginning of the next grace.
    await node.wish(createArchive(communityId, 3))
    await node.advance(GRACE_MS - 1)
    expect(node.client.active()).toEqual(new Set([infoHash(2), infoHash(3)]))
    await node.advance(1)
    expect(node.client.active()).toEqual(new Set([infoHash(3)]))
  })
})
