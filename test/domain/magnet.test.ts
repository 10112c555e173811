import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { announcementText, magnetUriOf, nextClock, type Clock, type MagnetUri } from '../../src/domain/magnet.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { webSourcesOf } from '../../src/domain/web-seed.ts'
import { COMMUNITY, infoHash } from '../support/community-facts.ts'

describe('magnetUriOf', () => {
  test('names torrent, community and trackers in the form of existing members', () => {
    const trackers = ['udp://tracker.example:6969/announce', 'http://[::1]:4000/announce?key=a&b=c d']
    expect(magnetUriOf(infoHash(1), COMMUNITY, trackers)).toBe(
      `magnet:?xt=urn:btih:${infoHash(1)}&dn=${COMMUNITY}` +
        '&tr=udp%3A%2F%2Ftracker.example%3A6969%2Fannounce' +
        '&tr=http%3A%2F%2F%5B%3A%3A1%5D%3A4000%2Fannounce%3Fkey%3Da%26b%3Dc%20d',
    )
  })

  test('names the web seed behind the trackers, in a folder, and the torrent file', () => {
    const sources = webSourcesOf('https://seed.example/base', infoHash(1))
    expect(magnetUriOf(infoHash(1), COMMUNITY, ['http://t.example/'], sources)).toBe(
      `magnet:?xt=urn:btih:${infoHash(1)}&dn=${COMMUNITY}&tr=http%3A%2F%2Ft.example%2F` +
        `&ws=https%3A%2F%2Fseed.example%2Fbase%2Fseed%2F${infoHash(1)}%2F` +
        `&xs=https%3A%2F%2Fseed.example%2Fbase%2Fseed%2F${infoHash(1)}.torrent`,
    )
  })

  test('needs no tracker', () => {
    expect(magnetUriOf(infoHash(1), COMMUNITY, [])).toBe(`magnet:?xt=urn:btih:${infoHash(1)}&dn=${COMMUNITY}`)
  })
})

test('the text that is signed never changes', () => {
  expect(announcementText(COMMUNITY, 1_700_000_000_123 as Clock, 'magnet:?xt=a' as MagnetUri)).toBe(
    `seedbank-announcement-v1\n${COMMUNITY}\n1700000000123\nmagnet:?xt=a`,
  )
})

describe('nextClock', () => {
  const millis = fc.nat(2 ** 45) as fc.Arbitrary<UnixMillis>

  test('is the time, for the first', () => {
    expect(nextClock(null, 1000 as UnixMillis)).toBe(1000)
  })

  test('rises, is never behind the time or below the floor, and no higher than it must be', () => {
    const floors = fc.option(millis as fc.Arbitrary<number> as fc.Arbitrary<Clock>)
    fc.assert(
      fc.property(millis as fc.Arbitrary<number>, millis, floors, (last, now, floor) => {
        const next = nextClock(last as Clock, now, floor)
        expect(next).toBeGreaterThan(last)
        expect(next).toBeGreaterThanOrEqual(now)
        expect(next).toBeGreaterThanOrEqual(floor ?? 0)
        expect([now, last + 1, floor]).toContain(next)
      }),
    )
  })
})
