import { createCipheriv, createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import bencode from 'bencode'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { parseCommunityId } from '../../src/domain/community-id.ts'
import { parseInfoHash } from '../../src/domain/info-hash.ts'
import type { TorrentToServe } from '../../src/torrents/client/torrent-to-serve.ts'
import { valueOf } from './value-of.ts'

/** A torrent on disk in the layout of the archives: the files `data` and `index`, 100 KiB pieces. */
export interface TorrentFixture {
  readonly torrent: TorrentToServe
  /** `data` and `index` as one stretch of bytes. */
  readonly bytes: Buffer
  readonly torrentFile: Uint8Array
  /** The `info` dictionary, as it goes over the wire. */
  readonly metadata: Uint8Array
  readonly pieces: number
}

/** What to make; the seed decides over every byte, so that two of them give two torrents. */
export interface FixtureShape {
  readonly seed: number
  readonly dataPieces: number
  readonly indexBytes: number
  /** What the torrent file names; none by default. */
  readonly trackers?: readonly string[]
}

/** Writes a torrent of pseudo-random bytes under `folder`. */
export function writeTorrentFixture(
  folder: string,
  { seed, dataPieces, indexBytes, trackers = [] }: FixtureShape,
): TorrentFixture {
  const communityId = valueOf(parseCommunityId(`0x${seed.toString(16).padStart(64, '0')}`))
  const dataBytes = dataPieces * PIECE_BYTES
  const bytes = pseudoRandomBytes(seed, dataBytes + indexBytes)
  const info = {
    files: [
      { length: dataBytes, path: ['data'] },
      { length: indexBytes, path: ['index'] },
    ],
    name: communityId,
    'piece length': PIECE_BYTES,
    pieces: pieceHashes(bytes),
  }
  const metadata = bencode.encode(info)
  const infoHash = valueOf(parseInfoHash(createHash('sha1').update(metadata).digest('hex')))
  const torrentFile = bencode.encode({
    'announce-list': trackers.map((tracker) => [tracker]),
    'created by': 'a test',
    info,
  })

  const version = join(folder, communityId, infoHash)
  mkdirSync(version, { recursive: true })
  const paths = {
    dataPath: join(folder, communityId, 'data.0'),
    indexPath: join(version, 'index'),
    torrentPath: join(version, 'torrent'),
    stampPath: join(version, 'stamp'),
  }
  writeFileSync(paths.dataPath, bytes.subarray(0, dataBytes))
  writeFileSync(paths.indexPath, bytes.subarray(dataBytes))
  writeFileSync(paths.torrentPath, torrentFile)
  const shape = { dataBytes, heldPath: null, trackers: [], trustedTrackers: [], check: 'IF_CHANGED' as const }
  const torrent = { communityId, infoHash, ...paths, ...shape }
  return { torrent, bytes, torrentFile, metadata, pieces: Math.ceil(bytes.length / PIECE_BYTES) }
}

function pieceHashes(bytes: Buffer): Buffer {
  const hashes: Buffer[] = []
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    hashes.push(
      createHash('sha1')
        .update(bytes.subarray(at, at + PIECE_BYTES))
        .digest(),
    )
  }
  return Buffer.concat(hashes)
}

function pseudoRandomBytes(seed: number, length: number): Buffer {
  const key = createHash('sha256').update(String(seed)).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}
