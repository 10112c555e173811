import type { ArchiveMetadata } from '../../src/archives/archive-encoding.ts'
import { archiveIdOfEncoding } from '../../src/archives/archive-id.ts'
import {
  encodeIndex,
  encodeIndexMetadata,
  type IndexEntry,
  type IndexMetadata,
} from '../../src/archives/archive-index.ts'
import { paddingBytesOf } from '../../src/archives/packing/padding.ts'
import type { ReceivedArchive } from '../../src/archives/receiving/check-received-index.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { pieceHashesOf } from '../../src/formats/piece-hashes.ts'
import { encodeInfo, infoHashOf, type TorrentInfo } from '../../src/formats/torrent-file.ts'

/** The piece length of published versions: short, so that they are. */
export const SHORT_PIECE = 256

export const PUBLISHED_BY = `0x02${'cd'.repeat(32)}` as CommunityId

/** A version as a control node may have published it, whatever it is like. */
export interface PublishedVersion {
  readonly data: Uint8Array
  readonly index: Uint8Array
  readonly torrent: TorrentInfo
  readonly infoBytes: Uint8Array
  readonly infoHash: InfoHash
}

/** A range and a topic, for archives of which they do not matter. */
export const SOME_METADATA: ArchiveMetadata = {
  from: 1_000 as UnixSeconds,
  to: 2_000 as UnixSeconds,
  contentTopics: ['0x00c0ffee' as ContentTopic],
}

/** By whom, and in pieces of which length. */
export type Publisher = Pick<TorrentInfo, 'communityId' | 'pieceBytes'>

const PUBLISHER: Publisher = { communityId: PUBLISHED_BY, pieceBytes: SHORT_PIECE }

/** Publishes archives one after the other, padded as the format has it. */
export function publishArchives(
  archives: readonly { readonly metadata: ArchiveMetadata; readonly raw: Uint8Array }[],
  publisher: Publisher = PUBLISHER,
): PublishedVersion & { readonly archives: readonly ReceivedArchive[] } {
  const parts: Uint8Array[] = []
  let end = 0
  const entries = archives.map(({ metadata, raw }) => {
    const paddingBytes = paddingBytesOf(raw.length, publisher.pieceBytes)
    const sizeBytes = raw.length + paddingBytes
    const entry = withOwnId({ metadata, offset: end, sizeBytes, paddingBytes })
    parts.push(raw, new Uint8Array(paddingBytes))
    end += sizeBytes
    return entry
  })
  const received = entries.map(({ metadata, ...entry }) => ({ ...entry, ...metadata }))
  return { ...publish(Buffer.concat(parts), encodeIndex(entries), publisher), archives: received }
}

/** Publishes any index with any data. */
export function publish(
  data: Uint8Array,
  index: Uint8Array,
  { communityId, pieceBytes }: Publisher = PUBLISHER,
): PublishedVersion {
  const pieces = Buffer.concat([data, index].map((bytes) => pieceHashesOf(bytes, pieceBytes)))
  const lengths = { dataBytes: data.length, indexBytes: index.length }
  const torrent = { communityId, pieceBytes, ...lengths, pieces }
  const infoBytes = encodeInfo(torrent)
  return { data, index, torrent, infoBytes, infoHash: infoHashOf(infoBytes) }
}

/** An entry of an index whose id is right, whatever else is not. */
export function withOwnId(metadata: IndexMetadata): IndexEntry {
  return { id: archiveIdOfEncoding(encodeIndexMetadata(metadata)), ...metadata }
}
