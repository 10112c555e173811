import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeIndex } from '../../src/archives/archive-index.ts'
import { dataPathOf, indexPathOf, torrentPathOf } from '../../src/archives/archive-paths.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives } from '../../src/archives/packing/packing-request.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import { damagedPieces } from '../support/damaged-pieces.ts'
import { GOLDEN_CASES, readGoldenCase, type GoldenCase, type GoldenFiles, type GoldenStep } from '../support/golden.ts'
import { messagesInMemory } from '../support/in-memory-messages.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const TRACKERS = ['udp://tracker.example:1337/announce']

/** The case whose index the reference wrote in another order than we do, so that its info hash is another. */
const OTHER_INDEX_ORDER = 'three-weeks'

const WITH_ARCHIVES = GOLDEN_CASES.filter((name) => name !== 'no-messages')

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

describe.each(WITH_ARCHIVES)('%s, written by the reference', (name) => {
  test.each(readGoldenCase(name).steps)('has a torrent file that parses (step $step)', (step) => {
    const { torrent, infoHash } = writtenIn(step)
    expect(valueOf(parseTorrentFile(torrent)).infoHash).toBe(infoHash)
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
  expect(await damagedPieces(torrent, { dataPath, indexPath })).toEqual([])
}

function writtenIn({ written }: GoldenStep): GoldenFiles {
  if (written === null) throw new Error('The reference wrote nothing')
  return written
}
