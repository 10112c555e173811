import type { Torrent } from '../../formats/torrent-parser.ts'
import { MAX_TORRENT_BYTES, parseTorrentFile } from '../../formats/torrent-parser.ts'
import { torrentPathOf } from '../archive-paths.ts'
import { readSmallFile, type FileSteps } from '../file-steps.ts'
import { systemCodeOf } from '../packing/packing-failure.ts'
import type { SoundVersion } from './recorded-version.ts'

/**
 * What the system says of a file that is not there, or is no file, or that the disk no longer gives.
 *
 * Anything else, such as too many open files, says nothing about the file.
 */
const DAMAGE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EIO'])

/** What `read` gives; null where the system says that the file is damaged. Throws what else it throws. */
export function readUnlessDamaged<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch (error) {
    if (DAMAGE.has(systemCodeOf(error))) return null
    throw error
  }
}

/** Opens a file that was recorded; null where there is no regular file that can be read. Others are not opened. */
export function openRecorded(files: FileSteps, path: string): number | null {
  return readUnlessDamaged(() => (files.sizeAt(path) === null ? null : files.openToRead(path)))
}

/** The torrent file of a version; null where what is there does not have the recorded info hash, if anything is. */
export function readRecordedTorrent(
  files: FileSteps,
  recorded: Pick<SoundVersion, 'archivesDir' | 'communityId' | 'version' | 'pieceBytes'>,
): Torrent | null {
  const { archivesDir, communityId, version, pieceBytes } = recorded
  const path = torrentPathOf(archivesDir, communityId, version.infoHash)
  const bytes = readUnlessDamaged(() =>
    files.sizeAt(path) === null ? null : readSmallFile(files, path, MAX_TORRENT_BYTES),
  )
  const parsed = parseTorrentFile(bytes ?? new Uint8Array(0), pieceBytes)
  if (!parsed.ok) return null
  const { infoHash, dataBytes, indexBytes } = parsed.value
  const isRecorded =
    infoHash === version.infoHash && dataBytes === version.dataBytes && indexBytes === version.indexBytes
  return isRecorded ? parsed.value : null
}
