import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodeFileSteps } from '../../../src/archives/file-steps.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import { messagesInMemory } from '../../support/in-memory-messages.ts'
import { messagesInArchive } from '../../support/messages-in-archive.ts'
import { dataOf, expectServable, pack, packFirst } from '../../support/packed-history.ts'
import { recordFileSteps } from '../../support/recorded-file-steps.ts'
import { readSmallHistory, smallHistory } from '../../support/small-history.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

describe('packing', () => {
  test('cuts by partition and by size, and names each archive for what it holds', async () => {
    const request = smallHistory(createTemporaryFolder())
    const packed = pack(request)
    expect(packed.archives.map(({ from, to, messages }) => [from, to, messages])).toEqual([
      [0, 50, 20],
      [0, 50, 20],
      [0, 50, 10],
      [50, 100, 20],
      [50, 100, 20],
      [50, 100, 10],
    ])
    expect(packed.sizeBytes).toBe(packed.dataBytes + packed.indexBytes)
    await expectServable(request, packed)
    for (const archive of packed.archives) {
      const messages = await messagesInArchive(dataOf(request, packed), archive, request.contentTopics)
      expect(messages).toHaveLength(archive.messages)
    }
  })

  test('appends: what the version before serves stays as it was, and the result is what one run makes', async () => {
    const { first, next } = packFirst()
    const before = readFileSync(dataOf(next, first))
    const second = pack(next)
    const after = readFileSync(dataOf(next, second))
    expect(after.subarray(0, before.length).equals(before)).toBe(true)
    expect(second.indexBytes).toBeGreaterThan(first.indexBytes)
    await expectServable(next, first)
    await expectServable(next, second)

    const atOnce = pack({ ...smallHistory(createTemporaryFolder()), to: next.to })
    expect(atOnce.infoHash).toBe(second.infoHash)
    expect(atOnce.archives).toEqual([...first.archives, ...second.archives])
  })

  test('reads nothing of the old data again, and writes only at its end', () => {
    const { next } = packFirst()
    const { files, steps } = recordFileSteps()
    valueOf(packArchives(next, readSmallHistory, { files }))
    expect(steps.filter((step) => step === 'openToAppend')).toHaveLength(1)
    expect(steps.filter((step) => step === 'read')).toHaveLength(2)
    expect(steps.indexOf('sync')).toBeLessThan(steps.indexOf('create'))
    expect(steps.lastIndexOf('sync')).toBeLessThan(steps.indexOf('rename'))
    expect(steps.slice(-3)).toEqual(['syncFolder', 'syncFolder', 'close'])
  })

  test('writes no file where there is no message', () => {
    const request = smallHistory(createTemporaryFolder())
    expect(packArchives(request, messagesInMemory([], []))).toEqual({ ok: true, value: null })
    expect(readdirSync(request.archivesDir)).toEqual([])
  })

  test('cuts off what a broken run left, before it appends', () => {
    const { first, next } = packFirst()
    appendFileSync(dataOf(next, first), 'left over')
    const second = pack(next)
    expect(readFileSync(dataOf(next, second))).toHaveLength(second.dataBytes)
    expect(second.infoHash).toBe(pack({ ...smallHistory(createTemporaryFolder()), to: next.to }).infoHash)
  })

  test('begins at 0 where no version is known, whatever lies there', () => {
    const request = smallHistory(createTemporaryFolder())
    const first = pack(request)
    expect(pack(request)).toEqual(first)
    expect(readFileSync(dataOf(request, first))).toHaveLength(first.dataBytes)
  })

  test('makes do with a system that writes and reads a few bytes at a time', async () => {
    const { next } = packFirst()
    const files = {
      ...nodeFileSteps,
      write: (file: number, bytes: Uint8Array) => nodeFileSteps.write(file, bytes.subarray(0, 100)),
      read: (file: number, bytes: Uint8Array, position: number) =>
        nodeFileSteps.read(file, bytes.subarray(0, 10), position),
    }
    const packed = valueOf(packArchives(next, readSmallHistory, { files }))
    if (packed === null) throw new Error('Nothing was packed')
    await expectServable(next, packed)
  })
})

test('packing stops when it is asked to, and leaves nothing of its own', () => {
  const { first, next } = packFirst()
  let asked = 0
  const packed = packArchives(next, readSmallHistory, { isStopped: () => (asked += 1) > 70 })
  expect(packed).toMatchObject({ ok: false, error: { code: 'STOPPED' } })
  expect(asked).toBe(71)
  expect(readFileSync(dataOf(next, first))).toHaveLength(first.dataBytes)
  expect(existsSync(join(next.archivesDir, next.communityId, first.infoHash))).toBe(true)
})
