import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  listOf,
  orNull,
  parseFolder,
  parseHostName,
  parseIpAddress,
  parseListenHost,
  parseOrigin,
  parsePeerAddress,
  parsePort,
  parsePublicUrl,
  parseTracker,
  type SettingParser,
} from '../../src/cli/setting-parsers.ts'

interface Case {
  readonly parse: SettingParser<unknown>
  readonly right: readonly (readonly [text: string, value: unknown])[]
  readonly wrong: readonly string[]
}

const unchanged = (...texts: readonly string[]): readonly (readonly [string, string])[] =>
  texts.map((text) => [text, text])

const cases: Readonly<Record<string, Case>> = {
  'a folder': {
    parse: parseFolder,
    right: [
      ['./data', resolve('data')],
      ['/srv/data', resolve('/srv/data')],
    ],
    wrong: ['', ' ', 'a\0b'],
  },
  'a port': {
    parse: parsePort,
    right: [
      ['0', 0],
      ['65535', 65_535],
    ],
    wrong: ['', '-1', '65536', '1e3', '0x10', ' 80', '80.0', '99999999999999999999'],
  },
  'an address to listen on': {
    parse: parseListenHost,
    right: [
      ['0:0:0:0:0:0:0:1', '::1'],
      ['2001:DB8::7', '2001:db8::7'],
      ...unchanged('127.0.0.1', 'localhost', '0.0.0.0', '::', '192.168.1.2', '::ffff:7f00:1'),
    ],
    wrong: ['127.0.0', '127.evil.example', 'localhost.example', 'seedbank.example', '[::1]', 'fe80::1%eth0', '0', ''],
  },
  'an IP address': {
    parse: parseIpAddress,
    right: unchanged('203.0.113.7', '::1'),
    wrong: ['localhost', '203.0.113', '[::1]', ''],
  },
  'a peer address': {
    parse: parsePeerAddress,
    right: [
      ['203.0.113.7:61881', { address: '203.0.113.7', port: 61_881 }],
      ['[2001:db8::7]:1', { address: '2001:db8::7', port: 1 }],
    ],
    wrong: [
      '203.0.113.7',
      '203.0.113.7:0',
      '203.0.113.7:65536',
      'seedbank.example:1',
      '2001:db8::7:1',
      '[203.0.113.7]:1',
    ],
  },
  'a tracker': {
    parse: parseTracker,
    right: unchanged('udp://tracker.example:1337/announce', 'https://tracker.example/announce', 'ws://[::1]:80'),
    wrong: ['tracker.example:1337', 'udp://tracker.example/announce', 'ftp://tracker.example', 'udp://', ''],
  },
  'a public URL': {
    parse: parsePublicUrl,
    right: [
      ['https://seedbank.example/', 'https://seedbank.example'],
      ['http://Seedbank.example:8080/node//', 'http://seedbank.example:8080/node'],
    ],
    wrong: ['seedbank.example', 'ftp://seedbank.example', 'https://me@seedbank.example', 'https://s.example/?a', ''],
  },
  'a host name': {
    parse: parseHostName,
    right: [['Seedbank.example', 'seedbank.example'], ...unchanged('203.0.113.7', '[::1]')],
    wrong: ['seedbank.example:80', 'https://seedbank.example', '*.example', '-a', ''],
  },
  'an origin': {
    parse: parseOrigin,
    right: [['https://App.example', 'https://app.example'], ...unchanged('http://localhost:5173')],
    wrong: ['https://app.example/', 'https://app.example:443', 'app.example', 'null', '*', 'file://', ''],
  },
  'a list': {
    parse: listOf(parsePort),
    right: [
      ['none', []],
      ['1, 2,3', [1, 2, 3]],
    ],
    wrong: ['', '1,', ',1', '1 2', 'none,1'],
  },
  'a value or its absence': {
    parse: orNull('off', parsePort),
    right: [
      ['off', null],
      ['5', 5],
    ],
    wrong: ['on', 'none', ''],
  },
}

describe.each(Object.entries(cases))('%s', (_name, { parse, right, wrong }) => {
  test.each(right)('is read from %j', (text, value) => {
    expect(parse(text)).toEqual({ ok: true, value })
  })

  test.each(wrong)('is not %j', (text) => {
    expect(parse(text)).toEqual({ ok: false, error: expect.stringMatching(/\w/) })
  })
})
