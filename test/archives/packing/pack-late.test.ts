import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { MessageGroup, MessageSource } from '../../../src/archives/packing/message-source.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import type { PackedArchives, PackingRequest } from '../../../src/archives/packing/packing-request.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { messagesInArchive } from '../../support/messages-in-archive.ts'
import { dataOf, expectServable, packFirst } from '../../support/packed-history.ts'
import { readSmallHistory, smallHistory } from '../../support/small-history.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

/** The messages of [from, to), late. */
function lateGroup(from: number, to: number): MessageGroup {
  const partition = { from: from as UnixSeconds, to: to as UnixSeconds }
  return { partition, messages: readSmallHistory.inRange(partition.from, partition.to) }
}

function withLate(...groups: readonly MessageGroup[]): MessageSource {
  return { ...readSmallHistory, late: () => groups }
}

function packed(request: PackingRequest, source: MessageSource): PackedArchives {
  const value = valueOf(packArchives(request, source))
  if (value === null) throw new Error('Nothing was packed')
  return value
}

function rangesOf({ archives }: PackedArchives): readonly (readonly number[])[] {
  return archives.map(({ from, to, messages }) => [from, to, messages])
}

describe('late messages', () => {
  test('come behind the archives of the range, in chunks that all have their true range', async () => {
    const { first, next } = packFirst()
    const before = readFileSync(dataOf(next, first))
    const second = packed(next, withLate(lateGroup(3, 7), lateGroup(20, 45)))
    expect(rangesOf(second)).toEqual([
      [100, 150, 20],
      [100, 150, 20],
      [100, 150, 10],
      [150, 200, 20],
      [150, 200, 20],
      [150, 200, 10],
      [3, 7, 4],
      [20, 45, 20],
      [20, 45, 5],
    ])
    expect(readFileSync(dataOf(next, second)).subarray(0, before.length).equals(before)).toBe(true)
    await expectServable(next, first)
    await expectServable(next, second)
    const [late] = second.archives.slice(6)
    if (late === undefined) throw new Error('No late archive was made')
    const messages = await messagesInArchive(dataOf(next, second), late, next.contentTopics)
    expect(messages.map(({ timestamp }) => timestamp)).toEqual([3, 4, 5, 6])
  })

  test('are packed alone where the range has no message', async () => {
    const { next } = packFirst()
    const request = { ...next, from: 2_000 as UnixSeconds, to: 2_100 as UnixSeconds }
    const second = packed(request, withLate(lateGroup(3, 7)))
    expect(rangesOf(second)).toEqual([[3, 7, 4]])
    await expectServable(request, second)
  })

  test('are packed alone where the range is empty', () => {
    const { next } = packFirst()
    expect(rangesOf(packed({ ...next, to: next.from }, withLate(lateGroup(3, 7))))).toEqual([[3, 7, 4]])
  })

  test('that are none make no archive of an empty range, and no file', () => {
    const request = smallHistory(createTemporaryFolder())
    expect(packArchives({ ...request, to: request.from }, readSmallHistory)).toEqual({ ok: true, value: null })
    expect(readdirSync(request.archivesDir)).toEqual([])
  })
})
