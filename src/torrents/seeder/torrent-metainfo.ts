import type { FileHandle } from 'node:fs/promises'
import type { TorrentInput } from 'webtorrent'
import { PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { encodeInfo, infoDictionaryOf, type TorrentInfo } from '../../formats/torrent-file.ts'
import { parseInfo, parseTorrentFile, type Torrent } from '../../formats/torrent-parser.ts'
import { SeedingFailure } from './seeding-failure.ts'
import type { TorrentToServe } from '../client/torrent-to-serve.ts'

/**
 * Reads the `.torrent` file of a torrent to serve and checks that it is the one that was recorded.
 *
 * @throws SeedingFailure PIECES_DAMAGED when the file is another torrent, or none; a system error
 *   when it cannot be read.
 */
export async function readTorrent(
  file: FileHandle,
  { infoHash, dataBytes }: Pick<TorrentToServe, 'infoHash' | 'dataBytes'>,
): Promise<Torrent> {
  const torrent = await readTorrentOf(file, infoHash)
  if (torrent.dataBytes !== dataBytes) throw damaged(infoHash, `has ${torrent.dataBytes} bytes of data`)
  return torrent
}

/** Reads a `.torrent` file of which nothing but the info hash is known. @throws What `readTorrent` throws. */
export async function readTorrentOf(file: FileHandle, infoHash: InfoHash): Promise<Torrent> {
  const parsed = parseTorrentFile(await file.readFile())
  if (!parsed.ok) throw damaged(infoHash, `is malformed: ${parsed.error.reason}`)
  const torrent = parsed.value
  if (torrent.infoHash !== infoHash) throw damaged(infoHash, `is of ${torrent.infoHash}`)
  return torrent
}

/** The torrent of an info dictionary that peers gave. @throws SeedingFailure PIECES_DAMAGED when it is none of ours. */
export function torrentOfInfo(info: Uint8Array, infoHash: InfoHash): TorrentInfo {
  const parsed = parseInfo(info)
  if (!parsed.ok) throw damaged(infoHash, `is malformed: ${parsed.error.reason}`)
  return parsed.value
}

/**
 * A torrent as webtorrent takes it.
 *
 * @param trackers The caller's, and not the file's: a file may name trackers that this node does not
 *   talk to.
 */
export function torrentInputOf(
  torrent: TorrentInfo & { readonly infoHash: InfoHash },
  trackers: readonly string[],
): TorrentInput {
  const { communityId, infoHash, pieceBytes, dataBytes, indexBytes } = torrent
  const length = dataBytes + indexBytes
  return {
    info: infoDictionaryOf(torrent),
    infoBuffer: encodeInfo(torrent),
    infoHash,
    name: communityId,
    announce: [...trackers],
    urlList: [],
    files: [
      { path: `${communityId}/data`, name: 'data', length: dataBytes, offset: 0 },
      { path: `${communityId}/index`, name: 'index', length: indexBytes, offset: dataBytes },
    ],
    length,
    pieceLength: pieceBytes,
    lastPieceLength: length % pieceBytes || pieceBytes,
    pieces: hexHashesOf(torrent.pieces),
  }
}

function hexHashesOf(pieces: Uint8Array): readonly string[] {
  const hex = Buffer.from(pieces).toString('hex')
  const digits = PIECE_HASH_BYTES * 2
  return Array.from({ length: hex.length / digits }, (_, piece) => hex.slice(piece * digits, (piece + 1) * digits))
}

function damaged(infoHash: string, what: string): SeedingFailure {
  return new SeedingFailure('PIECES_DAMAGED', `Cannot serve ${infoHash}: its torrent file ${what}`)
}
