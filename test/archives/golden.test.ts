import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeIndex } from '../../src/archives/archive-index.ts'
import { dataPathOf, indexPathOf, torrentPathOf } from '../../src/archives/archive-paths.ts'
import { extractArchive, extractionRequestOf } from '../../src/archives/extract-archive.ts'
import { packArchives } from '../../src/archives/pack-archives.ts'
import type { PackedArchives } from '../../src/archives/packing-request.ts'
import { parseTorrentFile } from '../../src/archives/torrent-parser.ts'
import { verifyPieces } from '../../src/archives/verify-pieces.ts'
import type { Message } from '../../src/domain/message.ts'
import { GOLDEN_CASES, readGoldenCase, type GoldenCase, type GoldenFiles, type GoldenStep } from '../support/golden.ts'
import { messagesInMemory } from '../support/in-memory-messages.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const TRACKERS = ['udp://tracker.example:1337/announce']

/** The cases whose index the reference happened to write by offset, as we do: the info hash is the same. */
const SAME_INDEX_ORDER = ['append-week', 'boundaries', 'foreign-topic', 'over-a-piece', 'ties', 'two-chunks']

test('there are ten golden cases', () => {
  expect(GOLDEN_CASES).toHaveLength(10)
})

describe.each(GOLDEN_CASES)('%s, packed here', (name) => {
  test('gives the same bytes and ids as the reference, step by step', () => {
    const golden = readGoldenCase(name)
    const archivesDir = createTemporaryFolder()
    let previous: PackedArchives | null = null
    for (const step of golden.steps) {
      const packed: PackedArchives | null = valueOf(packStep(archivesDir, golden, step, previous))
      if (packed === null || step.written === null) {
        expect(packed).toBe(step.written)
        continue
      }
      expectSameFiles(archivesDir, golden, packed, step.written)
      previous = packed
    }
  })
})

describe.each(GOLDEN_CASES)('%s, written by the reference', (name) => {
  const golden = readGoldenCase(name)
  test.each(golden.steps)('parses, verifies and extracts (step $step)', async (step) => {
    if (step.written === null) {
      expect(inRange(golden, step)).toEqual([])
      return
    }
    const { data, index, torrent, infoHash } = step.written
    const parsed = valueOf(parseTorrentFile(torrent))
    expect(parsed.infoHash).toBe(infoHash)
    if (data === null) return
    const folder = createTemporaryFolder()
    const paths = { dataPath: join(folder, 'data'), indexPath: join(folder, 'index') }
    writeFileSync(paths.dataPath, data)
    writeFileSync(paths.indexPath, index)
    expect(await verifyPieces(parsed, paths)).toEqual([])
    expect(await extractAll(paths.dataPath, step.written)).toEqual(everythingUpTo(golden, step))
  })
})

function packStep(
  archivesDir: string,
  golden: GoldenCase,
  step: GoldenStep,
  previous: PackedArchives | null,
): ReturnType<typeof packArchives> {
  return packArchives(
    {
      archivesDir,
      communityId: golden.communityId,
      from: step.from,
      to: step.to,
      contentTopics: golden.topics,
      partitionSeconds: step.partitionSeconds,
      previous,
      trackers: TRACKERS,
      createdAt: step.to,
    },
    messagesInMemory(step.messages, golden.topics),
  )
}

function expectSameFiles(archivesDir: string, golden: GoldenCase, packed: PackedArchives, written: GoldenFiles): void {
  const { communityId, name } = golden
  const data = readFileSync(dataPathOf(archivesDir, communityId, packed.generation))
  const index = readFileSync(indexPathOf(archivesDir, communityId, packed.infoHash))
  const torrent = valueOf(parseTorrentFile(readFileSync(torrentPathOf(archivesDir, communityId, packed.infoHash))))

  expect(packed.archives.map(({ id }) => id)).toEqual(written.archiveIds)
  expect(createHash('sha256').update(data).digest('hex')).toBe(written.dataSha256)
  expect(packed.dataBytes).toBe(written.dataBytes)
  expect(decodeIndex(index, data.length)).toEqual(decodeIndex(written.index, written.dataBytes))
  expect(index.length).toBe(written.index.length)
  expect(torrent.infoHash).toBe(packed.infoHash)
  if (SAME_INDEX_ORDER.includes(name)) expect(packed.infoHash).toBe(written.infoHash)
}

async function extractAll(dataPath: string, { index, dataBytes }: GoldenFiles): Promise<readonly Message[]> {
  const messages: Message[] = []
  for (const entry of valueOf(decodeIndex(index, dataBytes))) {
    const extracted = valueOf(await extractArchive(dataPath, extractionRequestOf(entry, null)))
    expect(extracted.misplaced).toEqual([])
    messages.push(...extracted.messages.map(plainBytes))
  }
  return messages
}

function everythingUpTo(golden: GoldenCase, last: GoldenStep): readonly Message[] {
  return golden.steps.filter(({ step }) => step <= last.step).flatMap((step) => inRange(golden, step))
}

function inRange(golden: GoldenCase, { messages, from, to }: GoldenStep): readonly Message[] {
  return [...messagesInMemory(messages, golden.topics)(from, to)].map(plainBytes)
}
