import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAnnounceUrl } from '../../src/domain/announce-url.ts'

const refused = (text: string): object => ({ ok: false, error: { type: 'InvalidAnnounceUrl', text } })

const RIGHT = [
  'udp://tracker.example:1337/announce',
  'udp://tracker.example:1337',
  'udp://[2001:db8::7]:1337/announce',
  'http://127.0.0.1:8000/announce',
  'http://tracker.example',
  'http://tracker.example:80/announce?key=A%20b',
  'https://tracker.example:443',
  'HTTPS://Tracker.Example/Announce',
  'UDP://Tracker.Example:1337/Announce',
  'ws://tracker.example/?key',
  'wss://tracker.example',
]

describe('parseAnnounceUrl', () => {
  test.each(RIGHT)('takes %s as it is', (text) => {
    expect(parseAnnounceUrl(text)).toEqual({ ok: true, value: text })
  })

  test.each([
    '',
    'tracker.example',
    'ftp://tracker.example/',
    'udp://tracker.example/announce',
    `http://${'a'.repeat(500)}`,
    'http://a/\n',
    'ht\ntp://a/',
    'http://a/\tb',
    '  http://a/',
    'http://a/ ',
    'http://a/b c',
    'http://a/\u00a0',
    'http://a/\u0000',
    'udp://a:1/\u0085',
    'http://user:secret@a/',
    'http://a@a/',
    'http://@a/',
    'udp://:secret@a:1',
    'http:a/',
    'http:\\\\a/',
    'http:///a/',
    'http://0x7f.1/',
    'http://a:080/',
    'http://a/../b',
    'http://b\u00fccher.example/',
  ])('refuses %j', (text) => {
    expect(parseAnnounceUrl(text)).toEqual(refused(text))
  })

  const signs = [
    'http:',
    'udp:',
    'wss:',
    '//',
    '/',
    'a',
    'B',
    '.',
    ':',
    ':1',
    ':80',
    '@',
    '?',
    '#',
    '%',
    '%41',
    '[::1]',
  ]
  const oddities = ['\\', ' ', '\t', '\n', '\r', '\0', '\u007f', '\u00a0', '\u2028', '\ufeff', '\u00e9', '"', '<']
  const part = fc.constantFrom(...signs, ...oddities)
  const start = fc.constantFrom('http://a', 'udp://a:1', 'wss://a', '')
  const url = fc.tuple(start, fc.array(part, { maxLength: 8 })).map(([head, rest]) => head + rest.join(''))
  /** Marks of a query or fragment that is empty are kept in the text, and no part of either. */
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/\?+(?=#)/g, '')
      .replace(/[?#]+$/, '')

  test('takes only what says to every reader what the URL says', () => {
    fc.assert(
      fc.property(url, (text) => {
        if (!parseAnnounceUrl(text).ok) return
        expect(text).toMatch(/^[a-z]+:\/\/[^/?#@\\]+([/?#]|$)/i)
        expect(text).toMatch(/^[!-~]+$/)
        const { hostname, pathname, search, hash } = new URL(text)
        expect(text.toLowerCase()).toContain(`//${hostname.toLowerCase()}`)
        const isSame = plain(text).endsWith(plain(pathname + search + hash).replace(/^\//, ''))
        expect(isSame).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('takes no URL with anything in it that a reader would strip', () => {
    const stripped = fc.constantFrom(' ', '\t', '\n', '\r', '\u0000', '\u001f', '\u007f', '\u0085', '\u00a0')
    fc.assert(
      fc.property(fc.constantFrom(...RIGHT), stripped, fc.nat(), (whole, character, n) => {
        const at = n % (whole.length + 1)
        const text = whole.slice(0, at) + character + whole.slice(at)
        expect(parseAnnounceUrl(text)).toEqual(refused(text))
      }),
    )
  })
})
