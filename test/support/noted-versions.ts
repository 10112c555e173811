import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import type { FileCheck, TorrentToServe } from '../../src/torrents/client/torrent-to-serve.ts'
import { DownloadDisk } from '../../src/torrents/download/download-disk.ts'
import { openChecked, type CheckedTorrent } from '../../src/torrents/seeder/checked-files.ts'
import { createSharedFiles } from '../../src/torrents/seeder/shared-file.ts'
import { countingReads } from './counting-reads.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { writeTorrentFixture, type TorrentFixture } from './torrent-fixture.ts'
import { valueOf } from './value-of.ts'

const INDEX_BYTES = 300

/** Two versions that share a `data`, of which nothing is there yet: one of four pieces and one of six. */
export interface NotedVersions {
  readonly old: TorrentFixture
  readonly grown: TorrentFixture
  readonly dataPath: string
  readonly heldPath: string
}

export function createNotedVersions(): NotedVersions {
  const folder = createTemporaryFolder()
  const of = (dataPieces: number): TorrentFixture =>
    writeTorrentFixture(folder, { seed: 1, dataPieces, indexBytes: INDEX_BYTES })
  const [old, grown] = [of(4), of(6)]
  const { dataPath } = old.torrent
  rmSync(dataPath)
  return { old, grown, dataPath, heldPath: join(folder, 'held.0') }
}

/** A download of a version, as the torrent client's process has it open. */
export interface OpenedDownload {
  readonly disk: DownloadDisk
  /** What webtorrent does with a piece that came. */
  write(...pieces: readonly number[]): Promise<void>
}

/** Opens one that is closed with the test. */
export async function openDownload(
  { heldPath }: NotedVersions,
  { torrent, torrentFile, bytes }: TorrentFixture,
): Promise<OpenedDownload> {
  const unexpected = (error: unknown): void => expect.unreachable(String(error))
  const observer = { onDurable: () => undefined, onFailed: unexpected, onStampFailed: unexpected }
  const { dataPath, indexPath } = torrent
  const parsed = valueOf(parseTorrentFile(torrentFile))
  const disk = await DownloadDisk.open({ dataPath, indexPath, heldPath }, parsed, new Set(), observer)
  onTestFinished(() => disk.close())
  const writeOne = async (piece: number): Promise<void> => {
    await disk.files.write(piece * PIECE_BYTES, bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES))
    disk.wrote(piece, PIECE_BYTES)
  }
  return { disk, write: async (...pieces) => void (await Promise.all(pieces.map(writeOne))) }
}

/** A download of these pieces from its beginning to its end. */
export async function fetchPieces(
  versions: NotedVersions,
  fixture: TorrentFixture,
  ...pieces: readonly number[]
): Promise<void> {
  const { disk, write } = await openDownload(versions, fixture)
  await write(...pieces)
  await disk.close()
}

/** What a check found out. */
export type CheckedVersion = Pick<CheckedTorrent, 'struck' | 'distrust'> & { readonly dataPieces: number }

/**
 * Checks a version as a seeder does that just started, and says how many pieces of `data` it reads besides the index.
 *
 * @param onRead Called after each read.
 */
export async function checkVersion(
  { heldPath }: NotedVersions,
  { torrent }: TorrentFixture,
  how: FileCheck = 'IF_CHANGED',
  onRead: () => void = () => undefined,
): Promise<CheckedVersion> {
  let readBytes = 0
  const shared = countingReads(createSharedFiles(), (bytes) => {
    readBytes += bytes
    onRead()
  })
  const onStampFailed = (_infoHash: string, error: unknown): void => expect.unreachable(String(error))
  const served: TorrentToServe = { ...torrent, heldPath, check: how }
  const { files, struck, distrust } = await openChecked({ shared, onStampFailed }, served)
  await files.close()
  return { struck, distrust, dataPieces: Math.max(0, readBytes - INDEX_BYTES) / PIECE_BYTES }
}
