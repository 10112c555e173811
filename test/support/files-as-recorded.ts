import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataPathOf, indexPathOf, torrentPathOf } from '../../src/archives/archive-paths.ts'
import { encodeMessage } from '../../src/formats/message-encoding.ts'
import { recordedMessages } from '../../src/app/packing/recorded-messages.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives } from '../../src/archives/packing/packing-request.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ArchiveCreated } from '../../src/domain/events.ts'
import { secondOf } from '../../src/domain/time.ts'
import { canonicalJson } from '../../src/events/canonical-json.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { openMessageReader, type MessageReader } from '../../src/messages/message-reader.ts'
import { damagedPieces } from './damaged-pieces.ts'
import { messagesInArchive } from './messages-in-archive.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'

/** The files that a log names under `archives/`, relative to it and sorted. */
export function recordedFiles(events: readonly Recorded[]): readonly string[] {
  const paths = createdIn(events).flatMap(({ event: { communityId, data } }) => [
    dataPathOf('', communityId, data.generation),
    indexPathOf('', communityId, data.infoHash),
    torrentPathOf('', communityId, data.infoHash),
  ])
  return [...new Set(paths)].sort()
}

/** The files that are under `archives/`, relative to it and sorted; but for stamps, which no event tells of. */
export function presentFiles(dataDir: string): readonly string[] {
  const cwd = join(dataDir, 'archives')
  return globSync('**', { cwd, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name !== 'stamp')
    .map(({ parentPath, name }) => join(parentPath, name).slice(cwd.length + 1))
    .sort()
}

/** The bytes of every `data` file that a log names, by its path relative to `archives/`. */
export function readDataFiles(dataDir: string, events: readonly Recorded[]): ReadonlyMap<string, Buffer> {
  const names = recordedFiles(events).filter((path) => /data\.\d+$/.test(path))
  return new Map(names.map((name) => [name, readFileSync(join(dataDir, 'archives', name))]))
}

/**
 * Packs all that a log says was packed once more, from the same messages and without a crash, and compares every
 * byte; extracts every archive, and compares its messages with those recorded; hashes every piece.
 *
 * @returns What differs.
 */
export async function differencesFromUndisturbed(
  dataDir: string,
  events: readonly Recorded[],
): Promise<readonly string[]> {
  const messages = openMessageReader(join(dataDir, 'messages.db'))
  try {
    const undisturbed = createTemporaryFolder()
    const previous = new Map<CommunityId, PackedArchives>()
    const differences: string[] = []
    for (const recorded of createdIn(events)) {
      const { communityId } = recorded.event
      const packed = packAgain(recorded, undisturbed, previous.get(communityId) ?? null, messages)
      previous.set(communityId, packed)
      const of = { recorded, dataDir, undisturbed, packed }
      differences.push(...compareVersion(of), ...(await compareMessages(of, messages)), ...(await verify(of)))
    }
    return differences
  } finally {
    await messages.close()
  }
}

type Created = Recorded<ArchiveCreated>

interface Version {
  readonly recorded: Created
  readonly dataDir: string
  readonly undisturbed: string
  readonly packed: PackedArchives
}

function packAgain(
  { event: { communityId, data }, recordedAt }: Created,
  archivesDir: string,
  previous: PackedArchives | null,
  messages: MessageReader,
): PackedArchives {
  const { from, to, contentTopics, partitionSeconds, recordedAfter, recordedUpTo } = data
  const request = { archivesDir, communityId, from, to, contentTopics, partitionSeconds, previous, trackers: [] }
  const packed = valueOf(
    packArchives(
      { ...request, createdAt: secondOf(recordedAt) },
      recordedMessages(messages, { ...request, recordedAfter, recordedUpTo }),
    ),
  )
  if (packed === null) throw new Error(`No message is left of the archive that made ${data.infoHash}`)
  return packed
}

function compareVersion({ recorded, dataDir, undisturbed, packed }: Version): readonly string[] {
  const { communityId, data } = recorded.event
  const { generation, infoHash, dataBytes, archives } = data
  const kept = join(dataDir, 'archives')
  const differs: string[] = []
  if (packed.infoHash !== infoHash) differs.push(`${infoHash} is ${packed.infoHash} when packed undisturbed`)
  if (canonicalJson(archives) !== canonicalJson(packed.archives)) differs.push(`the archives of ${infoHash} differ`)
  const bytes = readFileSync(dataPathOf(kept, communityId, generation)).subarray(0, dataBytes)
  if (!bytes.equals(readFileSync(dataPathOf(undisturbed, communityId, packed.generation)))) {
    differs.push(`data of ${infoHash} differs`)
  }
  const index = readFileSync(indexPathOf(kept, communityId, infoHash))
  if (!index.equals(readFileSync(indexPathOf(undisturbed, communityId, packed.infoHash)))) {
    differs.push(`index of ${infoHash} differs`)
  }
  return differs
}

async function compareMessages({ recorded, dataDir }: Version, messages: MessageReader): Promise<readonly string[]> {
  const { communityId, data } = recorded.event
  const { contentTopics, recordedUpTo } = data
  const dataPath = dataPathOf(join(dataDir, 'archives'), communityId, data.generation)
  const differs: string[] = []
  for (const archive of data.archives) {
    const { from, to } = archive
    const packed = await messagesInArchive(dataPath, archive, contentTopics)
    const range = { communityId, from, to, topics: contentTopics, recordedUpTo }
    // An archive that begins before its run does is of late messages alone.
    const recordedAfter = from < data.from ? data.recordedAfter : 0
    const expected = [...messages.readRange({ ...range, recordedAfter })].map(({ bytes }) => bytes)
    const [found, wanted] = [packed.map(encodeMessage), expected].map((each) => each.map(hexOf).join('\n'))
    if (found !== wanted) differs.push(`archive ${archive.id} holds other messages`)
  }
  return differs
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

async function verify({ recorded, dataDir }: Version): Promise<readonly string[]> {
  const { communityId, data } = recorded.event
  const kept = join(dataDir, 'archives')
  const torrent = valueOf(parseTorrentFile(readFileSync(torrentPathOf(kept, communityId, data.infoHash))))
  const dataPath = dataPathOf(kept, communityId, data.generation)
  const indexPath = indexPathOf(kept, communityId, data.infoHash)
  const bad = await damagedPieces(torrent, { dataPath, indexPath })
  return bad.length === 0 ? [] : [`${bad.length} pieces of ${data.infoHash} are damaged`]
}

function createdIn(events: readonly Recorded[]): readonly Created[] {
  return events.filter((recorded): recorded is Created => recorded.event.type === 'ArchiveCreated')
}
