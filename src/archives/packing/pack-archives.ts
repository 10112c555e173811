import { CHUNK_BYTES, PIECE_BYTES } from '../../domain/archive.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { ArchiveAppender } from './archive-appender.ts'
import { cutIntoChunks } from './chunks.ts'
import { nodeFileSteps, type FileSteps } from '../file-steps.ts'
import type { MessageGroup, MessageSource } from './message-source.ts'
import { packingFailureOf, PackingStopped, type PackingFailed } from './packing-failure.ts'
import type { PackedArchives, PackingRequest } from './packing-request.ts'
import { partitionsOf } from './partitions.ts'

export interface PackingSurroundings {
  readonly files?: FileSteps
  /** Asked before every message: true ends the packing with the code STOPPED. */
  readonly isStopped?: () => boolean
}

/**
 * Packs messages into archives, appends them to the community's `data`, and writes the index and
 * the torrent file of the version that this makes.
 *
 * The archives of [from, to) come first, a partition after the other. Behind them come late messages, in archives of
 * their own, as no byte of an older archive ever changes. The range may be empty: a run of late messages alone.
 *
 * It streams: it holds one message, one buffer of about a mebibyte and the index. It never changes
 * a byte of `data` that the log names, so that the version before can be served all the while; what
 * it adds does not count until an event names the version. Everything is synchronous, so it belongs
 * on a thread of its own.
 *
 * @returns The version; null when there is no message to pack, and then nothing was written;
 *   `PackingFailed` for everything that can go wrong, and then what was written is removed again.
 *   Never throws.
 */
export function packArchives(
  request: PackingRequest,
  source: MessageSource,
  { files = nodeFileSteps, isStopped = () => false }: PackingSurroundings = {},
): Result<PackedArchives | null, PackingFailed> {
  const appender = new ArchiveAppender({ pieceBytes: PIECE_BYTES, ...request }, files)
  try {
    for (const { partition, messages } of groupsOf(request, source)) {
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

/** Messages that belong into archives of one range, in the order in which `data` has them. */
function* groupsOf({ from, to, partitionSeconds }: PackingRequest, source: MessageSource): Iterable<MessageGroup> {
  for (const partition of partitionsOf(from, to, partitionSeconds)) {
    yield { partition, messages: source.inRange(partition.from, partition.to) }
  }
  yield* source.late()
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
