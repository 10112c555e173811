import { describe, expect, test } from 'vitest'
import { parseBearerToken } from '../../src/domain/bearer-token.ts'
import { parseFollowUrl } from '../../src/domain/follow-url.ts'

describe('parseFollowUrl', () => {
  test.each([
    ['wss://node.example/graphql', 'wss://node.example/graphql'],
    ['https://Node.Example:443/graphql', 'wss://node.example/graphql'],
    ['HTTP://node.example:80', 'ws://node.example/'],
    ['ws://node.example:7070/a/../graphql', 'ws://node.example:7070/graphql'],
    ['ws://0x7f.1/graphql', 'ws://127.0.0.1/graphql'],
    ['ws://[::0001]:7070/graphql', 'ws://[::1]:7070/graphql'],
  ])('writes %s in one way', (text, value) => {
    expect(parseFollowUrl(text)).toEqual({ ok: true, value })
    expect(parseFollowUrl(value)).toEqual({ ok: true, value })
  })

  test.each([
    '',
    'node.example/graphql',
    'ftp://node.example/',
    'wss://',
    'wss://user:secret@node.example/',
    'wss://@node.example/',
    'wss://node.example/graphql#',
    'wss://node.example/graphql?token=secret',
    'wss://node.example/graphql?',
    'wss://node.example\\graphql',
    ' wss://node.example/',
    'wss://node.example/\n',
    'wss://b\u00fccher.example/',
    `wss://node.example/${'a'.repeat(2030)}`,
  ])('refuses %j', (text) => {
    expect(parseFollowUrl(text)).toEqual({ ok: false, error: { type: 'InvalidFollowUrl', text } })
  })
})

describe('parseBearerToken', () => {
  test.each(['a', 'eyJhbGciOi.J9-_~+/==', 'a'.repeat(1024)])('takes %s as it is', (text) => {
    expect(parseBearerToken(text)).toEqual({ ok: true, value: text })
  })

  test.each(['', 'a b', 'a\r\nHost: x', '=a', '\u00e9', 'a'.repeat(1025)])(
    'refuses %j, and does not repeat it',
    (text) => {
      expect(parseBearerToken(text)).toEqual({ ok: false, error: { type: 'InvalidBearerToken' } })
    },
  )
})
