import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ArchiveId } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { magnetUriOf, type MagnetUri } from '../../src/domain/magnet.ts'
import type { Message } from '../../src/domain/message.ts'
import { torrentFileOf } from '../../src/formats/torrent-file.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import { encodedMessage } from './encoded-message.ts'
import { readGoldenCase, type GoldenCase, type GoldenFiles } from './golden.ts'
import { valueOf } from './value-of.ts'

/** What the reference wrote of a community in the end, as any client can serve it. */
export interface GoldenTorrent {
  readonly communityId: CommunityId
  readonly topics: GoldenCase['topics']
  readonly files: GoldenFiles & { readonly data: Uint8Array }
  /** All its archives, by offset. */
  readonly archiveIds: readonly ArchiveId[]
  /** A torrent file that names other trackers; the info hash is the same. */
  readonly torrentPath: string
  readonly magnetUri: MagnetUri
  /** The encodings of its messages in hex, by timestamp, topic, and as they were recorded. */
  readonly messages: readonly string[]
}

/** Writes the last version of a golden case into a folder, as clients lay it out, to be found through a tracker. */
export function writeGoldenTorrent(folder: string, name: string, tracker: string): GoldenTorrent {
  const { communityId, topics, steps } = readGoldenCase(name)
  const last = steps.at(-1)
  const files = last?.written ?? null
  if (last === undefined || files === null || files.data === null) throw new Error(`There is no data of ${name}`)
  mkdirSync(join(folder, communityId), { recursive: true })
  writeFileSync(join(folder, communityId, 'data'), files.data)
  writeFileSync(join(folder, communityId, 'index'), files.index)
  const torrentPath = join(folder, `${name}.torrent`)
  writeFileSync(torrentPath, torrentFileOf(valueOf(parseTorrentFile(files.torrent)), [tracker]))
  const from = steps[0]?.from ?? last.from
  const own = last.messages.filter(
    ({ timestamp, topic }) => timestamp >= from && timestamp < last.to && topics.includes(topic),
  )
  return {
    communityId,
    topics,
    files: { ...files, data: files.data },
    archiveIds: steps.flatMap(({ written }) => written?.archiveIds ?? []),
    torrentPath,
    magnetUri: magnetUriOf(files.infoHash, communityId, [tracker]),
    messages: own.toSorted(inOrder).map((message) => Buffer.from(encodedMessage(message).bytes).toString('hex')),
  }
}

function inOrder(one: Message, other: Message): number {
  return one.timestamp - other.timestamp || (one.topic < other.topic ? -1 : Number(one.topic > other.topic))
}
