import { describe, expect, test } from 'vitest'
import { checkArchiveContent } from '../../../src/archives/receiving/check-archive-content.ts'
import type { Message } from '../../../src/domain/message.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { encodeArchive } from '../../support/encode-archive.ts'
import { SOME_METADATA } from '../../support/published-version.ts'
import { sampleMessage } from '../../support/sample-message.ts'

async function check(fields: Partial<Message>): ReturnType<typeof checkArchiveContent> {
  const message = sampleMessage({ timestamp: 1_500 as UnixSeconds, ...fields })
  return checkArchiveContent(encodeArchive(SOME_METADATA, [message]), SOME_METADATA)
}

describe('a message', () => {
  test('may be as large as one that is recorded here', async () => {
    expect(await check({ payload: Buffer.alloc(30_000_000), padding: Buffer.alloc(999_000) })).toMatchObject({
      value: 1,
    })
  })

  test.each<[string, Partial<Message>]>([
    ['payload and signature', { payload: Buffer.alloc(30_000_000), sig: Buffer.alloc(1) }],
    ['everything', { padding: Buffer.alloc(31_000_001) }],
  ])('may not be larger than that: %s', async (_, fields) => {
    expect(await check(fields)).toMatchObject({ ok: false, error: { code: 'TOO_LARGE' } })
  })
})

test('other work goes on while an archive of many messages is looked at', async () => {
  const messages = Array.from({ length: 20_000 }, () => sampleMessage({ timestamp: 1_500 as UnixSeconds }))
  const archive = encodeArchive(SOME_METADATA, messages)
  let turns = 0
  const other = setInterval(() => (turns += 1), 0)
  expect(await checkArchiveContent(archive, SOME_METADATA)).toMatchObject({ value: 20_000 })
  clearInterval(other)
  expect(turns).toBeGreaterThan(1)
})
