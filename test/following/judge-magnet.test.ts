import { describe, expect, test } from 'vitest'
import type { ResolveHost } from '../../src/addresses/resolve-host.ts'
import { magnetUriOf } from '../../src/domain/magnet.ts'
import { backoffMs, detailOf } from '../../src/following/follow-state.ts'
import { judgeMagnet } from '../../src/following/judge-magnet.ts'
import { COMMUNITY, infoHash } from '../support/community-facts.ts'
import { communityNumber } from '../support/sample-events.ts'

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['203.0.113.9', '2001:db8::9'],
  'inside.example': ['203.0.113.9', '10.1.2.3'],
}
const resolve: ResolveHost = async (name) => NAMES[name] ?? []
const rules = { resolve, allowPrivate: false }

describe('judgeMagnet', () => {
  const own = magnetUriOf(infoHash(1), COMMUNITY, ['udp://public.example:1'])

  test('gives what may be used', async () => {
    const magnet = {
      infoHash: infoHash(1),
      displayName: COMMUNITY,
      trackers: ['udp://public.example:1'],
      otherHosts: [],
      torrentFiles: [],
      webSeeds: [],
    }
    expect(await judgeMagnet(COMMUNITY, own, rules)).toEqual({ ok: true, value: magnet })
  })

  test.each([
    ['MAGNET_MALFORMED', 'magnet:?xt=urn:btih:0'],
    ['OTHER_COMMUNITY', magnetUriOf(infoHash(1), communityNumber(1), [])],
    ['ADDRESS_REFUSED', `${own}&tr=udp%3A%2F%2Finside.example%3A1`],
    ['ADDRESS_REFUSED', `${own}&tr=udp%3A%2F%2F127.0.0.1%2Fwithout-port`],
    ['ADDRESS_REFUSED', `${own}&x.pe=192.168.0.1:6881`],
    ['ADDRESS_REFUSED', `${own}&ws=http%3A%2F%2F0x7f.1%2F`],
    ['ADDRESS_REFUSED', `${own}&xs=http%3A%2F%2F%5B%3A%3A1%5D%2F`],
    ['ADDRESS_REFUSED', `${own}&as=http%3A%2F%2Flocalhost%2F`],
  ])('refuses by the name of %s: %s', async (code, magnetUri) => {
    expect(await judgeMagnet(COMMUNITY, magnetUri, rules)).toEqual({ ok: false, error: { code } })
  })

  test('takes any name that is no id, and the own one in capitals', async () => {
    const named = (name: string): string => `magnet:?xt=urn:btih:${infoHash(1)}&dn=${name}`
    expect(await judgeMagnet(COMMUNITY, named('history'), rules)).toMatchObject({ ok: true })
    expect(await judgeMagnet(COMMUNITY, named(COMMUNITY.toUpperCase()), rules)).toMatchObject({ ok: true })
  })
})

test('waits are spread over all of the time up to a bound that doubles', () => {
  expect([1, 2, 6, 7, 60].map((failures) => backoffMs(failures, 1))).toEqual([1000, 2000, 32_000, 60_000, 60_000])
  expect(backoffMs(3, 0)).toBe(0)
  expect(backoffMs(3, 0.5)).toBe(2000)
})

test('words of others are shown where they are short and plain', () => {
  expect(['ECONNREFUSED', 'WS_ERR_1', 'no', 'A'.repeat(65), 7, null].map(detailOf)).toEqual([
    'ECONNREFUSED',
    'WS_ERR_1',
    ...Array<null>(4).fill(null),
  ])
})
