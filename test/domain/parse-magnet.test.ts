import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAnnounceUrl, type AnnounceUrl } from '../../src/domain/announce-url.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { magnetUriOf } from '../../src/domain/magnet.ts'
import { MAX_MAGNET_HOSTS, MAX_MAGNET_LENGTH, namedHosts, parseMagnet } from '../../src/domain/parse-magnet.ts'
import { COMMUNITY } from '../support/community-facts.ts'
import { FUZZ_RUNS } from '../support/fuzz-runs.ts'
import { valueOf } from '../support/value-of.ts'
import { MAX_WEB_SOURCES, NO_WEB_SOURCES, webSourcesOf } from '../../src/domain/web-seed.ts'

const HASH = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a'
const BASE32 = 'YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK'
const START = `magnet:?xt=urn:btih:${HASH}`
const TRACKER = 'udp://tracker.example:1337/announce'

const refused = (reason: string): object => ({ ok: false, error: { type: 'InvalidMagnet', reason } })

describe('parseMagnet', () => {
  test('reads hash, name and trackers', () => {
    const text = `${START}&dn=a+name%20%C3%A4&tr=${encodeURIComponent(TRACKER)}&tr.1=http%3A%2F%2Fb.example%2F&tr=${TRACKER}`
    const trackers = [TRACKER, 'http://b.example/']
    const expected = { infoHash: HASH, displayName: 'a name ä', trackers, ...NO_WEB_SOURCES, otherHosts: [] }
    expect(valueOf(parseMagnet(text))).toEqual(expected)
  })

  test.each([
    START,
    START.toUpperCase(),
    `magnet:?xt=urn:btih:${BASE32}`,
    `magnet:?xt=urn:btih:${BASE32.toLowerCase()}`,
    `${START}&xt=urn:btmh:1220${'ab'.repeat(32)}`,
    `magnet:?xt.1=urn:btih:${HASH}&xt.2=urn:btih:${BASE32}`,
    `magnet:?dn&x&=&xt=urn%3Abtih%3A${HASH}`,
  ])('reads the hash of %s', (text) => {
    expect(valueOf(parseMagnet(text)).infoHash).toBe(HASH)
  })

  test.each([
    ['', 'NOT_A_MAGNET'],
    ['magnet:', 'NOT_A_MAGNET'],
    [` ${START}`, 'NOT_A_MAGNET'],
    [`${START}&dn=a\nb`, 'NOT_A_MAGNET'],
    [`${START}&dn=\u00e9`, 'NOT_A_MAGNET'],
    [`${START}#&tr=${TRACKER}`, 'NOT_A_MAGNET'],
    [`${START}&dn=%`, 'BAD_ENCODING'],
    [`${START}&dn=%ff`, 'BAD_ENCODING'],
    ['magnet:?', 'NO_HASH'],
    [`magnet:?dn=${HASH}`, 'NO_HASH'],
    [`magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}`, 'NO_HASH'],
    ['magnet:?xt=urn:btih:', 'BAD_HASH'],
    [`magnet:?xt=urn:btih:${HASH}0`, 'BAD_HASH'],
    [`magnet:?xt=urn:btih:${'0'.repeat(32)}`, 'BAD_HASH'],
    [`magnet:?xt=urn:btih:${HASH}%0a`, 'BAD_HASH'],
    [`${START}&xt=urn:btih:x`, 'BAD_HASH'],
    [`${START}&xt=urn:btih:${'0'.repeat(40)}`, 'SEVERAL_HASHES'],
    [`${START}&dn=${'a'.repeat(MAX_MAGNET_LENGTH)}`, 'TOO_LONG'],
  ])('refuses %.80j: %s', (text, reason) => {
    expect(parseMagnet(text)).toEqual(refused(reason))
  })

  test('lists the hosts of what is never used', () => {
    const sources = [
      'xs=ftp://a.example/x',
      'as=https://B.example:8/',
      'ws=http://me@[::1]/',
      'xs=urn:btpk:00',
      'ws=no',
    ]
    const peers = ['x.pe=192.168.0.1:6881', 'x.pe=[fe80::1]:1', 'x.pe=']
    const trackers = ['tr=udp://10.0.0.1/announce', 'tr=http://a.example:080/', `tr=${TRACKER}`]
    const magnet = valueOf(parseMagnet([START, ...sources, ...peers, ...trackers].join('&')))
    expect(magnet.trackers).toEqual([TRACKER])
    const others = ['10.0.0.1', 'a.example', 'b.example', '[::1]', '192.168.0.1', '[fe80::1]']
    expect(magnet.otherHosts).toEqual(others)
    expect(namedHosts(magnet)).toEqual(['tracker.example', ...others])
  })

  test('reads web seeds and torrent files that mean the same to all, as many as are used, and looks at the hosts of the others', () => {
    const seeds = ['http://a.example/s/', 'https://b.example:8/%20/', 'http://c.example/?q', 'http://d.example/#f']
    const bad = ['http://e.example/ x/', 'http://me:pw@f.example/', 'ftp://g.example/', 'http:/h.example/']
    const more = Array.from({ length: MAX_WEB_SOURCES }, (_, n) => `http://s${n}.example/`)
    const written = (key: string): string =>
      [...seeds, ...bad, ...more].map((url) => `&${key}=${encodeURIComponent(url)}`).join('')
    const { webSeeds, torrentFiles, ...magnet } = valueOf(parseMagnet(START + written('ws') + written('xs.1')))
    expect(webSeeds).toEqual([...seeds.slice(0, 2), ...more.slice(0, 2)])
    expect(torrentFiles).toEqual(seeds)
    expect(magnet.otherHosts).toEqual(expect.arrayContaining(['e.example', 'f.example', 'h.example', 's3.example']))
    expect(namedHosts({ webSeeds, torrentFiles, ...magnet })).toEqual(
      expect.arrayContaining(['a.example', 'd.example']),
    )
  })

  test('uses 20 trackers, looks at the hosts of the others too, and refuses what names too many', () => {
    const link = (count: number): string =>
      START + Array.from({ length: count }, (_, n) => `&tr=ws://t${n}.example`).join('')
    const magnet = valueOf(parseMagnet(link(MAX_MAGNET_HOSTS)))
    expect(magnet.trackers).toHaveLength(20)
    expect(namedHosts(magnet)).toHaveLength(MAX_MAGNET_HOSTS)
    expect(parseMagnet(link(MAX_MAGNET_HOSTS + 1))).toEqual(refused('TOO_MANY_HOSTS'))
  })
})

describe('parseMagnet, for any text', () => {
  const hex = fc.array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: 40, maxLength: 40 })
  const hash = hex.map((digits) => digits.join('') as InfoHash)
  const tracker = fc.constantFrom(TRACKER, 'http://[::1]/a?b=c&d', 'wss://x.example', 'HTTPS://Y.example/%20')
  const key = fc.constantFrom('xt.1', 'tr', 'tr', 'TR.2', 'xs', 'as', 'ws', 'x.pe', 'dn', 'so', '%74r', '')
  const scheme = fc.constantFrom('', 'urn:btih:', 'urn:btmh:', 'udp://', 'http://', 'ws:', 'urn%3Abtih%3A')
  const rest = fc.oneof(
    hash,
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.webUrl(),
    fc.constantFrom(BASE32, '%', '[::1]:1'),
  )
  const written = fc
    .tuple(
      rest,
      fc.integer({ max: 9, min: 0 }).map((n) => n > 0),
    )
    .map(([text, isEscaped]) => (isEscaped ? encodeURIComponent(text.toWellFormed()) : text))
  const parameter = fc.tuple(key, scheme, written).map(([name, before, after]) => `${name}=${before}${after}`)
  const magnetLike = fc
    .tuple(fc.constantFrom(START, START, START, 'magnet:?', ''), fc.array(parameter, { maxLength: 12 }))
    .map(([start, parameters]) => [start, ...parameters].join('&'))

  test('never throws, and what it takes is bounded and can be written again', () => {
    fc.assert(
      fc.property(fc.oneof(magnetLike, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const parsed = parseMagnet(text)
        if (!parsed.ok) return
        const { infoHash, trackers, webSeeds, torrentFiles } = parsed.value
        expect(infoHash).toMatch(/^[0-9a-f]{40}$/)
        expect(trackers.length).toBeLessThanOrEqual(20)
        expect(trackers.every((each) => parseAnnounceUrl(each).ok)).toBe(true)
        expect(namedHosts(parsed.value).length).toBeLessThanOrEqual(MAX_MAGNET_HOSTS)
        const sources = { webSeeds, torrentFiles }
        const again = valueOf(parseMagnet(magnetUriOf(infoHash, COMMUNITY, trackers, sources)))
        expect(again).toEqual({ infoHash, displayName: COMMUNITY, trackers, ...sources, otherHosts: [] })
      }),
      { numRuns: FUZZ_RUNS },
    )
  })

  test('reads back what is written here', () => {
    fc.assert(
      fc.property(hash, fc.uniqueArray(tracker, { maxLength: 4 }), (infoHash, trackers) => {
        const sources = webSourcesOf(trackers.length > 1 ? 'https://a.example/b' : null, infoHash)
        const text = magnetUriOf(infoHash, COMMUNITY, trackers, sources)
        const named = { infoHash, displayName: COMMUNITY, trackers: trackers as AnnounceUrl[] }
        const expected = { ...named, ...sources, otherHosts: [] }
        expect(parseMagnet(text)).toEqual({ ok: true, value: expected })
      }),
    )
  })
})
