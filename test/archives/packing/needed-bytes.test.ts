import fc from 'fast-check'
import { statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { torrentPathOf } from '../../../src/archives/archive-paths.ts'
import { neededBytes, type MessageLoad } from '../../../src/archives/packing/needed-bytes.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import type { PackedArchives, PackingRequest } from '../../../src/archives/packing/packing-request.ts'
import type { Message } from '../../../src/domain/message.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { messageBytes } from '../../../src/formats/message-encoding.ts'
import { messagesInMemory } from '../../support/in-memory-messages.ts'
import { smallHistory } from '../../support/small-history.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

const request = { ...smallHistory(''), pieceBytes: 2_048, chunkBytes: 4_000 }
const { pieceBytes, partitionSeconds } = request
const [topic = sampleMessage().topic] = request.contentTopics

describe('what a run needs', () => {
  test('is at least what it writes, and at most a few pieces for each archive more', () => {
    const messages = fc.array(fc.tuple(fc.nat(99), fc.nat(4_000)), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(messages, messages, (first, second) => {
        const archivesDir = createTemporaryFolder()
        const before = pack({ ...request, archivesDir }, messagesOf(first))
        const next = { ...request, archivesDir, previous: before, from: 100 as UnixSeconds, to: 200 as UnixSeconds }
        const added = messagesOf(second, 100)
        const after = pack(next, added)

        const { writtenBytes, versionBytes } = neededBytes({ ...request, previous: before }, loadOf(added))

        const torrentBytes = statSync(torrentPathOf(archivesDir, request.communityId, after.infoHash)).size
        const slack = after.archives.length * 4 * pieceBytes
        const files = after.indexBytes + torrentBytes
        expectAbout(versionBytes, after.dataBytes + files, slack)
        expectAbout(writtenBytes, after.dataBytes - before.dataBytes + files, slack)
      }),
      { numRuns: 60 },
    )
  })

  test('counts an archive for each message where no two fit into one', () => {
    const messages = messagesOf(Array.from({ length: 10 }, () => [7, pieceBytes]))
    const packed = pack({ ...request, archivesDir: createTemporaryFolder() }, messages)
    expect(packed.archives).toHaveLength(10)
    expect(neededBytes({ ...request, previous: null }, loadOf(messages)).writtenBytes).toBeGreaterThan(packed.sizeBytes)
  })

  test('is nothing where there is no message', () => {
    const load = { messages: 0, bytes: 0, partitions: 0 }
    expect(neededBytes({ ...request, previous: null }, load).writtenBytes).toBe(0)
  })
})

function expectAbout(needed: number, actual: number, slack: number): void {
  expect(needed).toBeGreaterThanOrEqual(actual)
  expect(needed).toBeLessThanOrEqual(actual + slack)
}

function messagesOf(sent: readonly (readonly [second: number, bytes: number])[], start = 0): readonly Message[] {
  return sent.map(([second, bytes]) =>
    sampleMessage({ topic, timestamp: (start + second) as UnixSeconds, payload: new Uint8Array(bytes) }),
  )
}

function loadOf(messages: readonly Message[]): MessageLoad {
  return {
    messages: messages.length,
    bytes: messages.reduce((sum, message) => sum + messageBytes(message), 0),
    partitions: new Set(messages.map(({ timestamp }) => Math.floor(timestamp / partitionSeconds))).size,
  }
}

function pack(whole: PackingRequest, messages: readonly Message[]): PackedArchives {
  const packed = valueOf(packArchives(whole, messagesInMemory(messages, request.contentTopics)))
  if (packed === null) throw new Error('Nothing was packed')
  return packed
}
