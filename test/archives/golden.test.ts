import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeIndex, type IndexEntry } from '../../src/archives/archive-index.ts'
import { dataPathOf, indexPathOf, torrentPathOf } from '../../src/archives/archive-paths.ts'
import { extractArchive, extractionRequestOf } from '../../src/archives/reading/extract-archive.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives } from '../../src/archives/packing/packing-request.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import { verifyPieces } from '../../src/archives/reading/verify-pieces.ts'
import type { Message } from '../../src/domain/message.ts'
import { GOLDEN_CASES, readGoldenCase, type GoldenCase, type GoldenFiles, type GoldenStep } from '../support/golden.ts'
import { decodedMessage } from '../support/encoded-message.ts'
import { messagesInMemory } from '../support/in-memory-messages.ts'
import { plainBytes } from '../support/plain-bytes.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const TRACKERS = ['udp://tracker.example:1337/announce']

/** The case whose index the reference wrote in another order than we do, so that its info hash is another. */
const OTHER_INDEX_ORDER = 'three-weeks'

const WITH_ARCHIVES = GOLDEN_CASES.filter((name) => name !== 'no-messages')
const WITH_DATA = WITH_ARCHIVES.filter((name) => name !== 'two-chunks')

test('there are ten golden cases', () => {
  expect(GOLDEN_CASES).toHaveLength(10)
})

describe.each(WITH_ARCHIVES)('%s, packed here', (name) => {
  test('gives the same bytes and ids as the reference, step by step', async () => {
    const golden = readGoldenCase(name)
    const archivesDir = createTemporaryFolder()
    let previous: PackedArchives | null = null
    for (const step of golden.steps) {
      previous = valueOf(packStep(archivesDir, golden, step, previous))
      await expectSameFiles(archivesDir, golden, writtenIn(step), previous)
    }
  })
})

test('no-messages, packed here, makes no archive and no file', () => {
  const golden = readGoldenCase('no-messages')
  const archivesDir = createTemporaryFolder()
  const packed = golden.steps.map((step) => valueOf(packStep(archivesDir, golden, step, null)))
  expect(packed).toEqual([null])
  expect(readdirSync(archivesDir)).toEqual([])
})

describe.each(WITH_DATA)('%s, written by the reference', (name) => {
  const golden = readGoldenCase(name)
  test.each(golden.steps)('parses, verifies and extracts (step $step)', async (step) => {
    const { data, index, torrent, infoHash, dataBytes } = writtenIn(step)
    const parsed = valueOf(parseTorrentFile(torrent))
    expect(parsed.infoHash).toBe(infoHash)

    const folder = createTemporaryFolder()
    const paths = { dataPath: join(folder, 'data'), indexPath: join(folder, 'index') }
    writeFileSync(paths.dataPath, data ?? '')
    writeFileSync(paths.indexPath, index)
    expect(await verifyPieces(parsed, paths)).toEqual([])
    const entries = valueOf(decodeIndex(index, dataBytes))
    expect(await extractAll(paths.dataPath, entries)).toEqual(everythingUpTo(golden, step))
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

async function expectSameFiles(
  archivesDir: string,
  { communityId, name }: GoldenCase,
  written: GoldenFiles,
  packed: PackedArchives | null,
): Promise<void> {
  if (packed === null) throw new Error('Nothing was packed')
  const dataPath = dataPathOf(archivesDir, communityId, packed.generation)
  const indexPath = indexPathOf(archivesDir, communityId, packed.infoHash)
  const index = readFileSync(indexPath)
  const torrent = valueOf(parseTorrentFile(readFileSync(torrentPathOf(archivesDir, communityId, packed.infoHash))))

  expect(packed.archives.map(({ id }) => id)).toEqual(written.archiveIds)
  expect(createHash('sha256').update(readFileSync(dataPath)).digest('hex')).toBe(written.dataSha256)
  expect(packed.dataBytes).toBe(written.dataBytes)
  expect(index.length).toBe(written.index.length)
  expect(decodeIndex(index, packed.dataBytes)).toEqual(decodeIndex(written.index, written.dataBytes))
  expect(torrent.infoHash).toBe(packed.infoHash)
  expect(packed.infoHash === written.infoHash).toBe(name !== OTHER_INDEX_ORDER)
  expect(await verifyPieces(torrent, { dataPath, indexPath })).toEqual([])
}

async function extractAll(dataPath: string, entries: readonly IndexEntry[]): Promise<readonly Message[]> {
  const messages: Message[] = []
  for (const entry of entries) {
    const extracted = valueOf(await extractArchive(dataPath, extractionRequestOf(entry, null)))
    expect(extracted.misplaced).toEqual([])
    messages.push(...extracted.messages.map(plainBytes))
  }
  return messages
}

function writtenIn({ written }: GoldenStep): GoldenFiles {
  if (written === null) throw new Error('The reference wrote nothing')
  return written
}

function everythingUpTo(golden: GoldenCase, last: GoldenStep): readonly Message[] {
  return golden.steps.filter(({ step }) => step <= last.step).flatMap((step) => inRange(golden, step))
}

function inRange(golden: GoldenCase, { messages, from, to }: GoldenStep): readonly Message[] {
  return [...messagesInMemory(messages, golden.topics).inRange(from, to)].map(decodedMessage)
}
