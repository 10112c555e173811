import { open } from 'node:fs/promises'
import type { InfoHash } from '../../domain/info-hash.ts'
import { dataPieceCount } from '../../formats/held-pieces.ts'
import { sharedFile } from '../seeder/shared-file.ts'
import type { ByteRange } from './byte-range.ts'
import type { SeedPath } from './seed-path.ts'
import type { SeededFiles, SeededVersion } from './seeded-versions.ts'
import { verifiedBytes } from './verified-bytes.ts'

/** A file of a torrent, as it is answered. */
export interface SeedFile {
  readonly size: number
  readonly headers: Readonly<Record<string, string>>
  /** Names the bytes for ever; null where nothing does. */
  readonly etag: string | null
  /**
   * Opens the file, and closes it at the end.
   *
   * @param signal Ends the wait for bytes that may be sent.
   * @throws What `verifiedBytes` throws; the reason of the signal.
   */
  readonly bytes: (range: ByteRange, signal: AbortSignal) => AsyncIterable<Uint8Array>
}

/** How bytes of a torrent are let go. */
export interface SeedGate {
  /** Whether it is served still. Asked before each slice of a piece. */
  readonly isServed: (infoHash: InfoHash) => boolean
  /** Lets one more be sent; null where each would come too slowly for anybody to wait for it. */
  readonly admitStream: (infoHash: InfoHash) => Promise<Disposable | null>
  /** Waits until so many bytes of it may be sent. @throws The reason of the signal. */
  readonly admitBytes: (infoHash: InfoHash, bytes: number, signal: AbortSignal) => Promise<void>
  /** Told of bytes of it that were handed to the system, to be counted. */
  readonly onSent: (infoHash: InfoHash, bytes: number) => void
}

/** The info hash names the bytes. */
const FOREVER = 'public, max-age=31536000, immutable'
const AN_HOUR = 'public, max-age=3600'
/** So much is let go at once: with whole pieces, each of many clients would wait for its turn until it gives up. */
const SLICE_BYTES = 16_384

/** The file of a version that a path asks for. */
export function seedFileOf(path: SeedPath, files: SeededFiles, version: SeededVersion, gate: SeedGate): SeedFile {
  const { infoHash } = path
  const { torrent, torrentFile } = version
  if (path.file === 'torrent') {
    const headers = { 'Content-Type': 'application/x-bittorrent', 'Cache-Control': AN_HOUR }
    const bytes: SeedFile['bytes'] = ({ from, to }, signal) =>
      sendable([torrentFile.subarray(from, to)], { ...gate, infoHash, signal })
    return { size: torrentFile.length, headers, etag: null, bytes }
  }
  const isData = path.file === 'data'
  const size = isData ? torrent.dataBytes : torrent.indexBytes
  const part = { torrent, firstPiece: isData ? 0 : dataPieceCount(torrent), size }
  return {
    size,
    headers: { 'Content-Type': 'application/octet-stream', 'Cache-Control': FOREVER },
    etag: `"${infoHash}-${path.file}"`,
    bytes: async function* (range, signal) {
      const filePath = isData ? files.dataPath : files.indexPath
      const handle = await open(filePath, 'r')
      const file = sharedFile(filePath, handle, async () => handle.close())
      try {
        yield* sendable(verifiedBytes(file, part, range), { ...gate, infoHash, signal })
      } finally {
        await file.release()
      }
    },
  }
}

interface Sending extends SeedGate {
  readonly infoHash: InfoHash
  readonly signal: AbortSignal
}

/** The bytes, for as long as the torrent is served and no faster than they may be sent. */
async function* sendable(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { infoHash, signal, isServed, admitBytes, onSent }: Sending,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    for (const slice of slices(chunk)) {
      await admitBytes(infoHash, slice.length, signal)
      if (!isServed(infoHash)) throw new Error(`Cannot give more of ${infoHash}: it is not served any more`)
      yield slice
      onSent(infoHash, slice.length)
    }
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES)
}
