import { CHUNK_BYTES, PIECE_BYTES } from '../../domain/archive.ts'
import { PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import type { PackingRequest } from './packing-request.ts'

/** Messages to be packed. */
export interface MessageLoad {
  readonly messages: number
  /** What their encodings take together. */
  readonly bytes: number
  /** How many partitions have a message, at most: each makes an archive, or several if it is too long for one. */
  readonly partitions: number
}

/** How much room a run takes at most. */
export interface NeededBytes {
  /** What it writes: the new part of `data`, the whole index and the whole torrent file. 0 without a message. */
  readonly writtenBytes: number
  /** What the version will come to: `data`, index and torrent file. */
  readonly versionBytes: number
}

/** What the version to come adds to. */
export interface LoadedRequest extends Pick<
  PackingRequest,
  'contentTopics' | 'trackers' | 'pieceBytes' | 'chunkBytes'
> {
  readonly previous: { readonly dataBytes: number; readonly indexBytes: number } | null
}

/** The tag and length of a message in an archive: its length fits 28 bits. */
const MESSAGE_FRAME_BYTES = 5
/** The tags and lengths around an archive's metadata, and its range. */
const HEAD_BYTES = 24
/** An entry of the index without the archive's metadata: its id, offset, size and padding. */
const ENTRY_BYTES = 112
/** A content topic with its tag and length. */
const TOPIC_BYTES = 6
/** The torrent file without pieces and trackers, and a stamp. */
const TORRENT_BYTES = 1_024
/** What bencoding adds to a tracker's URL. */
const TRACKER_FRAME_BYTES = 16

/** Tells before a run how much room it takes, at most a few pieces for each archive above what it will be. */
export function neededBytes(request: LoadedRequest, load: MessageLoad): NeededBytes {
  const { previous, contentTopics, trackers, pieceBytes = PIECE_BYTES, chunkBytes = CHUNK_BYTES } = request
  const oldData = previous?.dataBytes ?? 0
  const oldIndex = previous?.indexBytes ?? 0
  const archives = mostArchives(load, chunkBytes)
  const metadata = HEAD_BYTES + TOPIC_BYTES * contentTopics.length
  const newData = load.bytes + MESSAGE_FRAME_BYTES * load.messages + archives * (metadata + pieceBytes)
  const index = oldIndex + archives * (metadata + ENTRY_BYTES)
  const pieces = Math.ceil((oldData + newData + index) / pieceBytes) + 1
  const torrent = TORRENT_BYTES + trackers.reduce((sum, url) => sum + url.length + TRACKER_FRAME_BYTES, 0)
  const files = index + torrent + PIECE_HASH_BYTES * pieces
  return { writtenBytes: archives === 0 ? 0 : newData + files, versionBytes: oldData + newData + files }
}

/** Two chunks in a row are longer than one may be, or they were one. */
function mostArchives({ messages, bytes, partitions }: MessageLoad, chunkBytes: number): number {
  return Math.min(messages, partitions + Math.floor((2 * bytes) / chunkBytes))
}
