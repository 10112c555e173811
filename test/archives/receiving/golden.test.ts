import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dataPathOf } from '../../../src/archives/archive-paths.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import { checkReceivedIndex, type ReceivedArchive } from '../../../src/archives/receiving/check-received-index.ts'
import { checkReceivedTorrent, type ReceivedTorrent } from '../../../src/archives/receiving/check-received-torrent.ts'
import { NO_KEYS } from '../../../src/archives/receiving/payload-cipher.ts'
import { readArchive } from '../../../src/archives/receiving/read-archive.ts'
import { missingPieces, selectArchives } from '../../../src/archives/receiving/select-archives.ts'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { parseBencode, isDictionary } from '../../../src/formats/bencode-parser.ts'
import { encodeMessage } from '../../../src/formats/message-encoding.ts'
import { GOLDEN_CASES, readGoldenCase, type GoldenCase, type GoldenFiles } from '../../support/golden.ts'
import { messagesInMemory } from '../../support/in-memory-messages.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

/** Each step in which the reference wrote something. */
const WRITTEN = GOLDEN_CASES.map(readGoldenCase).flatMap((golden) =>
  golden.steps.flatMap(({ step, written }) => (written === null ? [] : [{ name: golden.name, step, golden, written }])),
)

describe.each(WRITTEN)('$name (step $step), received from the reference', ({ golden, step, written }) => {
  test('is believed, fetched whole and read, message for message', async () => {
    const torrent = receivedTorrent(golden, written)
    const { archives } = valueOf(await checkReceivedIndex(written.index, torrent, NO_KEYS))
    expect(archives.map(({ id }) => id)).toEqual(expect.arrayContaining([...written.archiveIds]))

    const chosen = selectArchives(archives, { mode: 'ALL_MISSING' }, () => false, PIECE_BYTES)
    expect(missingPieces(chosen, () => false, PIECE_BYTES)).toEqual([{ from: 0, to: written.dataBytes / PIECE_BYTES }])

    const dataPath = writtenData(golden, written)
    expect(await readAll(dataPath, torrent, archives)).toEqual(everythingUpTo(golden, step))
  })
})

test('nothing is missing from the cases', () => {
  expect(WRITTEN.length).toBeGreaterThanOrEqual(10)
})

function receivedTorrent({ communityId }: GoldenCase, { torrent, infoHash }: GoldenFiles): ReceivedTorrent {
  const file = valueOf(parseBencode(torrent))
  const info = isDictionary(file) ? file.entries.get('info') : undefined
  if (!isDictionary(info)) throw new Error('The golden torrent has no info dictionary')
  return valueOf(checkReceivedTorrent(info.encoding, { infoHash, communityId }))
}

/** Where the reference's `data` is. It is packed here where it is too large to be kept, and the hashes tell. */
function writtenData(golden: GoldenCase, { data }: GoldenFiles): string {
  const folder = createTemporaryFolder()
  if (data !== null) {
    writeFileSync(join(folder, 'data'), data)
    return join(folder, 'data')
  }
  const [step] = golden.steps
  if (step === undefined) throw new Error('The golden case has no step')
  const { from, to, partitionSeconds, messages } = step
  const range = { from, to, partitionSeconds, createdAt: to }
  const { communityId, topics: contentTopics } = golden
  const request = { archivesDir: folder, communityId, contentTopics, ...range, previous: null, trackers: [] }
  valueOf(packArchives(request, messagesInMemory(messages, contentTopics)))
  return dataPathOf(folder, communityId, 1)
}

async function readAll(
  dataPath: string,
  torrent: ReceivedTorrent,
  archives: readonly ReceivedArchive[],
): Promise<readonly string[]> {
  const messages: string[] = []
  for (const archive of archives) {
    const read = valueOf(await readArchive({ dataPath, torrent, archive, cipher: NO_KEYS }))
    const own = [...read.batches()].flat()
    expect(own).toHaveLength(read.messages)
    messages.push(...own.map((message) => digestOf(encodeMessage(message))))
  }
  return messages
}

function everythingUpTo({ steps, topics }: GoldenCase, last: number): readonly string[] {
  const own = steps.filter(({ step }) => step <= last)
  return own.flatMap(({ from, to, messages }) =>
    [...messagesInMemory(messages, topics).inRange(from, to)].map(({ bytes }) => digestOf(bytes)),
  )
}

/** Stands for a message: to compare 30 MB byte by byte takes the test's own comparison seconds. */
function digestOf(encoding: Uint8Array): string {
  return hash('sha256', encoding)
}
