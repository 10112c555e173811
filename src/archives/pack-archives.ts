import { CHUNK_BYTES, PIECE_BYTES } from '../domain/archive.ts'
import type { Message } from '../domain/message.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { UnixSeconds } from '../domain/time.ts'
import { ArchiveAppender } from './archive-appender.ts'
import { cutIntoChunks } from './chunks.ts'
import { nodeFileSteps, type FileSteps } from './file-steps.ts'
import { packingFailureOf, PackingStopped, type PackingFailed } from './packing-failure.ts'
import type { PackedArchives, PackingRequest } from './packing-request.ts'
import { partitionsOf } from './partitions.ts'

/**
 * The messages sent in [from, to) on the community's topics, by timestamp, then topic as hex, then
 * in the order recorded. They are asked for one partition at a time, and read one at a time.
 */
export type ReadMessages = (from: UnixSeconds, to: UnixSeconds) => Iterable<Message>

export interface PackingSurroundings {
  readonly files?: FileSteps
  /** Asked before every message: true ends the packing with the code STOPPED. */
  readonly isStopped?: () => boolean
}

/**
 * Packs messages into archives, appends them to the community's `data`, and writes the index and
 * the torrent file of the version that this makes.
 *
 * It streams: it holds one message, one buffer of about a mebibyte and the index. It never changes
 * a byte of `data` that the log names, so that the version before can be served all the while; what
 * it adds does not count until an event names the version. Everything is synchronous, so it belongs
 * on a thread of its own.
 *
 * @returns The version; null when there is no message in the range, and then nothing was written;
 *   `PackingFailed` for everything that can go wrong, and then what was written is removed again.
 *   Never throws.
 */
export function packArchives(
  request: PackingRequest,
  readMessages: ReadMessages,
  { files = nodeFileSteps, isStopped = () => false }: PackingSurroundings = {},
): Result<PackedArchives | null, PackingFailed> {
  const appender = new ArchiveAppender({ pieceBytes: PIECE_BYTES, ...request }, files)
  try {
    for (const partition of partitionsOf(request.from, request.to, request.partitionSeconds)) {
      const messages = readMessages(partition.from, partition.to)
      for (const { message, startsChunk } of cutIntoChunks(messages, request.chunkBytes ?? CHUNK_BYTES)) {
        if (isStopped()) throw new PackingStopped('STOPPED', 'Packing was asked to stop')
        if (startsChunk) appender.startArchive(partition)
        appender.add(message)
      }
    }
    return ok(appender.finish())
  } catch (error) {
    return err(packingFailureOf(error, undo(appender)))
  }
}

/** What undoing threw, or null: the next run cuts off what is left then. */
function undo(appender: ArchiveAppender): unknown {
  try {
    appender.undo()
    return null
  } catch (error) {
    return error
  }
}
