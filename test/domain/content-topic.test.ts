import { describe, expect, test } from 'vitest'
import { parseContentTopic } from '../../src/domain/content-topic.ts'

describe('parseContentTopic', () => {
  test.each(['0x00000000', '0xdeadbeef', '0XDEADBEEF', '0xDeadBeef'])('takes %s, in lower case', (text) => {
    expect(parseContentTopic(text)).toEqual({ ok: true, value: text.toLowerCase() })
  })

  test.each([
    '',
    '0x',
    'deadbeef',
    '0xdeadbee',
    '0xdeadbeef0',
    '0xdeadbeeg',
    '0xdeadbeef\n',
    '/waku/1/0xdeadbeef/rfc26',
  ])('refuses %j', (text) => {
    expect(parseContentTopic(text)).toEqual({ ok: false, error: { type: 'InvalidContentTopic', text } })
  })
})
