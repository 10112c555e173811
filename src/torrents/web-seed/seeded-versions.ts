import { open, stat } from 'node:fs/promises'
import type { InfoHash } from '../../domain/info-hash.ts'
import { dataPieceCount, isPieceHeld, readHeldPieces } from '../../formats/held-pieces.ts'
import { torrentFileOf } from '../../formats/torrent-file.ts'
import { parseTorrentFile, type Torrent } from '../../formats/torrent-parser.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'
import { readTorrent } from '../seeder/torrent-metainfo.ts'

/** A version that is served, as far as its files go. */
export type SeededFiles = Pick<
  TorrentToServe,
  'communityId' | 'infoHash' | 'torrentPath' | 'dataPath' | 'dataBytes' | 'indexPath' | 'heldPath'
>

/** A version that can be given over HTTP, as all of it is here. */
export interface SeededVersion {
  readonly torrent: Torrent
  /**
   * Its torrent file, with the web seed and without trackers, which are for those to know who know its magnet link. The same
   * bytes for whoever asks.
   */
  readonly torrentFile: Uint8Array
}

/** Versions, whose torrents are remembered. */
export interface SeededVersions {
  /**
   * @returns Null where a part of it is missing, of what was fetched.
   * @throws SeedingFailure; the system error.
   */
  open(files: SeededFiles): Promise<SeededVersion | null>
}

/** What torrents that are remembered come to, at most: those of 300 GB. */
const REMEMBERED_BYTES = 67_108_864

interface Remembered extends SeededVersion {
  /** Whether all is held of what note, which is known or being looked at; null for none. */
  whole: { readonly note: string; readonly isWhole: Promise<boolean> } | null
}

/** @param webSeedOf The web seed that the torrent file names. */
export function createSeededVersions(webSeedOf: (infoHash: InfoHash) => readonly string[]): SeededVersions {
  const remembered = new Map<InfoHash, Remembered>()
  /** Those that are being read: who asks meanwhile waits for the same. */
  const reading = new Map<InfoHash, Promise<Remembered>>()

  async function readOnce(files: SeededFiles): Promise<Remembered> {
    const { infoHash } = files
    const known = reading.get(infoHash)
    if (known !== undefined) return known
    const begun = readVersion(files, webSeedOf(infoHash)).finally(() => reading.delete(infoHash))
    reading.set(infoHash, begun)
    return begun
  }

  async function read(files: SeededFiles): Promise<Remembered> {
    const { infoHash } = files
    const version = remembered.get(infoHash) ?? (await readOnce(files))
    remembered.delete(infoHash)
    remembered.set(infoHash, version) // The last one asked for is the last to be forgotten.
    const total = (): number => remembered.values().reduce((sum, { torrentFile }) => sum + torrentFile.length, 0)
    for (const oldest of remembered.keys()) {
      if (oldest === infoHash || total() <= REMEMBERED_BYTES) break
      remembered.delete(oldest)
    }
    return version
  }

  return {
    async open(files) {
      const version = await read(files)
      if (files.heldPath === null) return version
      const { mtimeNs, ctimeNs, size, ino } = await stat(files.heldPath, { bigint: true })
      const note = [mtimeNs, ctimeNs, size, ino].join()
      return (await isWholeOnce(version, files.heldPath, note)) ? version : null
    },
  }
}

async function readVersion(files: SeededFiles, webSeeds: readonly string[]): Promise<Remembered> {
  await using file = await open(files.torrentPath, 'r')
  const torrentFile = torrentFileOf(await readTorrent(file, files), [], webSeeds)
  // Of the bytes that are remembered, so that the hashes of the pieces are in memory once.
  const parsed = parseTorrentFile(torrentFile)
  if (!parsed.ok) throw new Error(`Cannot write the torrent file of ${files.infoHash}: ${parsed.error.reason}`)
  return { torrent: parsed.value, torrentFile, whole: null }
}

/** What is not whole, or could not be read, is looked at again. */
async function isWholeOnce(version: Remembered, heldPath: string, note: string): Promise<boolean> {
  if (version.whole?.note === note) return version.whole.isWhole
  const whole = { note, isWhole: isWhole(version.torrent, heldPath) }
  version.whole = whole
  let isKnown = false
  try {
    isKnown = await whole.isWhole
    return isKnown
  } finally {
    if (!isKnown && version.whole === whole) version.whole = null
  }
}

async function isWhole(torrent: Torrent, heldPath: string): Promise<boolean> {
  const held = await readHeldPieces(heldPath)
  for (let piece = 0; piece < dataPieceCount(torrent); piece += 1) if (!isPieceHeld(held, torrent, piece)) return false
  return true
}
