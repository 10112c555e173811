import { describe, expect, test } from 'vitest'
import { createRefusedAddresses } from '../../../src/torrents/guards/refused-addresses.ts'
import { createRestartDelays } from '../../../src/torrents/client/restart-delays.ts'
import { failureCodeOf, SeedingFailure } from '../../../src/torrents/seeder/seeding-failure.ts'
import { ANY_HOST } from '../../../src/torrents/guards/tracker-hosts.ts'
import { webTorrentOptions } from '../../../src/torrents/seeder/webtorrent-options.ts'
import { HOME_TORRENT_CLIENT } from '../../../src/torrents/client/client-settings.ts'

describe('restart delays', () => {
  test('the first start is at once, each later one waits longer, up to ten seconds', () => {
    const delays = createRestartDelays(() => 0)
    expect(Array.from({ length: 9 }, () => delays.next())).toEqual([
      0, 250, 500, 1_000, 2_000, 5_000, 10_000, 10_000, 10_000,
    ])
  })

  test('a process that lived for ten seconds is started at once again', () => {
    let now = 0
    const delays = createRestartDelays(() => now)
    delays.next()
    delays.up()
    now += 9_999
    expect(delays.next()).toBe(250)
    delays.up()
    now += 10_000
    expect(delays.next()).toBe(0)
  })
})

describe('refused addresses', () => {
  test('an address is refused from the given number of offences on, for ten minutes', () => {
    let now = 0
    const refused = createRefusedAddresses(2, () => now)
    refused.blame('10.0.0.1')
    expect(refused.refuses('10.0.0.1')).toBe(false)
    refused.blame('::ffff:10.0.0.1')
    expect([refused.refuses('10.0.0.1'), refused.refuses('10.0.0.2')]).toEqual([true, false])
    now += 600_000
    expect(refused.refuses('10.0.0.1')).toBe(false)
  })

  test('ten thousand are remembered, and the oldest is forgotten first', () => {
    const refused = createRefusedAddresses(1, () => 0)
    for (let each = 0; each <= 10_000; each += 1) refused.blame(`address ${each}`)
    expect([0, 1, 10_000].map((each) => refused.refuses(`address ${each}`))).toEqual([false, true, true])
  })
})

test.each([
  ['ENOENT', 'FILES_MISSING'],
  ['EMFILE', 'TOO_MANY_OPEN_FILES'],
  ['ENFILE', 'TOO_MANY_OPEN_FILES'],
  ['EACCES', 'ACCESS_DENIED'],
  ['EIO', 'READ_FAILED'],
])('the system error %s means %s', (code, meaning) => {
  expect(failureCodeOf(Object.assign(new Error(code), { code, errno: -1 }))).toBe(meaning)
})

test('what is no system error is internal, unless it says what it is', () => {
  expect(failureCodeOf(new Error('a bug'))).toBe('INTERNAL')
  expect(failureCodeOf(new SeedingFailure('PIECES_DAMAGED', 'piece 3'))).toBe('PIECES_DAMAGED')
})

describe('webtorrent options', () => {
  test('with one address to bind, nothing binds all of them', () => {
    const options = webTorrentOptions({ ...HOME_TORRENT_CLIENT, host: '10.0.0.1', utp: true, dhtPort: 7 }, ANY_HOST)
    expect(options).toMatchObject({
      torrentPort: { port: 61_881, host: '10.0.0.1' },
      dhtPort: { port: 7, address: '10.0.0.1' },
      utp: false,
      lsd: false,
    })
  })

  test('encryption, trackers and connections are as set', () => {
    const options = webTorrentOptions(
      {
        ...HOME_TORRENT_CLIENT,
        encryption: 'REQUIRED',
        trackers: false,
        dhtBootstrap: [],
        maxConnections: 10,
      },
      ANY_HOST,
    )
    expect(options).toMatchObject({
      secure: 2,
      tracker: false,
      dht: { bootstrap: false },
      maxConns: 10,
    })
  })
})
