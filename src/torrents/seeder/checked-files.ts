import { open } from 'node:fs/promises'
import type { TorrentInput } from 'webtorrent'
import type { InfoHash } from '../../domain/info-hash.ts'
import { findBadPieces } from '../../formats/bad-pieces.ts'
import { wholeStampOf, type VersionStats } from '../../formats/check-stamp.ts'
import type { Torrent } from '../../formats/torrent-parser.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { checkHeld } from './check-held.ts'
import { readStamp, removeStamp, trustedBytesOf } from './check-stamp.ts'
import { removeNoteStamp } from './note-stamp.ts'
import { hashAndStamp, type FoundPieces, type OpenedTorrent } from './hash-and-stamp.ts'
import { SeedingFailure } from './seeding-failure.ts'
import type { SharedFiles } from './shared-file.ts'
import { openTorrentFiles, type TorrentFiles } from './torrent-files.ts'
import { readTorrent, torrentInputOf } from './torrent-metainfo.ts'

export interface CheckPorts {
  readonly shared: SharedFiles
  /** Told of a stamp that could not be written or taken away. What was checked is served all the same. */
  readonly onStampFailed: (infoHash: InfoHash, error: unknown) => void
}

/** A torrent that may be served, its files open. */
export interface CheckedTorrent extends FoundPieces {
  readonly parsed: Torrent
  readonly metainfo: TorrentInput
  readonly files: TorrentFiles
  /** Takes the stamp away, when a read found the files to be damaged: a bad disk changes the bytes and nothing in a stamp. */
  distrust(this: void): Promise<void>
}

/**
 * Opens the files of a torrent, and hashes them but for what is as it was when it was last hashed, if that is enough.
 * Files that were found good are stamped, so that it can be told next time.
 *
 * @throws SeedingFailure; the system error when a file cannot be opened or read.
 */
export async function openChecked(ports: CheckPorts, torrent: TorrentToServe): Promise<CheckedTorrent> {
  await using torrentFile = await open(torrent.torrentPath, 'r')
  const parsed = await readTorrent(torrentFile, torrent)
  const files = await openTorrentFiles(ports.shared, torrent, parsed.indexBytes)
  const readStats = async (): Promise<VersionStats> => ({
    ...(await files.stats()),
    torrent: await torrentFile.stat({ bigint: true }),
  })
  const distrust = async (): Promise<void> => takeStampAway(ports, torrent)
  try {
    const stamp = torrent.check === 'IF_CHANGED' ? await readStamp(torrent.stampPath) : null
    const stats = await readStats()
    const onStampFailed = (fault: unknown): void => ports.onStampFailed(torrent.infoHash, fault)
    const opened = { torrent, parsed, files, readStats, stats, stamp, distrust, onStampFailed }
    const found = torrent.heldPath === null ? await checkWhole(opened) : await checkHeld(opened, torrent.heldPath)
    return { parsed, metainfo: torrentInputOf(parsed, torrent.trackers), files, distrust, ...found }
  } catch (error) {
    await files.close()
    throw error
  }
}

/** Where it has to be all here. @throws SeedingFailure PIECES_DAMAGED where it is not. */
async function checkWhole(opened: OpenedTorrent): Promise<FoundPieces> {
  const { parsed, files, stats, stamp } = opened
  const trustedBytes = trustedBytesOf(stamp, stats, parsed)
  if (trustedBytes < files.length)
    await hashAndStamp(
      opened,
      (now) => wholeStampOf(now, parsed.dataBytes),
      async () => requireGoodPieces(parsed, files, trustedBytes / parsed.pieceBytes),
    )
  return { bitfield: null, struck: 0 }
}

async function takeStampAway(ports: CheckPorts, { infoHash, stampPath, heldPath }: TorrentToServe): Promise<void> {
  try {
    if (heldPath !== null) removeNoteStamp(heldPath)
    await removeStamp(stampPath)
  } catch (fault) {
    ports.onStampFailed(infoHash, fault)
  }
}

/**
 * Hashes the pieces from this one on, those of `data` and those of the index.
 *
 * webtorrent's own verification reads through its piece cache at half the speed, and ends without an
 * error where a read fails.
 *
 * @throws SeedingFailure PIECES_DAMAGED at the first bad one; what `files.read` throws.
 */
async function requireGoodPieces(torrent: Torrent, files: TorrentFiles, fromPiece: number): Promise<true> {
  const { infoHash } = torrent
  const source = { firstPiece: 0, length: files.length, read: files.read }
  const badPieces = findBadPieces(torrent, source, fromPiece)
  const { value: piece } = await badPieces.next()
  if (piece === undefined) return true
  throw new SeedingFailure('PIECES_DAMAGED', `Cannot serve ${infoHash}: piece ${piece} has another hash`)
}
