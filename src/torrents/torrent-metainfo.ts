import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import bencode from 'bencode'
import type { TorrentInput } from 'webtorrent'
import { isDictionary, readBencode, type Bencoded, type BencodedDictionary } from './bencode-reader.ts'
import { SeedingFailure } from './seeding-failure.ts'
import type { TorrentToServe } from './torrent-to-serve.ts'

const HASH_BYTES = 20

interface Info {
  readonly name: Uint8Array
  readonly 'piece length': number
  readonly pieces: Uint8Array
  readonly files: readonly { readonly length: number; readonly path: readonly Uint8Array[] }[]
}

/**
 * Reads the `.torrent` file of a torrent to serve and checks that it is the one that was recorded.
 *
 * The tracker list is the caller's and not the file's: a file may name trackers that this node does
 * not talk to.
 *
 * @throws SeedingFailure PIECES_DAMAGED when the file is another torrent, or none; a system error
 *   when it cannot be read.
 */
export async function readMetainfo(torrent: TorrentToServe): Promise<TorrentInput> {
  const info = infoOf(await readFile(torrent.torrentPath))
  if (info === null) {
    throw new SeedingFailure('PIECES_DAMAGED', `Cannot serve ${torrent.infoHash}: its torrent file is malformed`)
  }
  // Encoded again, because that is what webtorrent does before it hands the metadata to peers.
  const infoBuffer = bencode.encode({ ...info })
  const infoHash = createHash('sha1').update(infoBuffer).digest('hex')
  if (infoHash !== torrent.infoHash) {
    throw new SeedingFailure('PIECES_DAMAGED', `Cannot serve ${torrent.infoHash}: its torrent file is of ${infoHash}`)
  }
  return { ...layoutOf(info), info, infoBuffer, infoHash, announce: [...torrent.trackers], urlList: [] }
}

function infoOf(bytes: Uint8Array): Info | null {
  const metainfo = readBencode(bytes)?.value
  const info = isDictionary(metainfo) ? metainfo['info'] : undefined
  return isDictionary(info) && isInfo(info) ? info : null
}

function isInfo(info: BencodedDictionary): info is BencodedDictionary & Info {
  return (
    info['name'] instanceof Uint8Array &&
    Number(info['piece length']) > 0 &&
    info['pieces'] instanceof Uint8Array &&
    Array.isArray(info['files']) &&
    info['files'].every((file) => isDictionary(file) && Number(file['length']) >= 0 && isPath(file['path']))
  )
}

function isPath(path: Bencoded | undefined): boolean {
  return Array.isArray(path) && path.every((part) => part instanceof Uint8Array)
}

type Layout = Pick<TorrentInput, 'name' | 'files' | 'length' | 'pieceLength' | 'lastPieceLength' | 'pieces'>

function layoutOf(info: Info): Layout {
  const name = textOf(info.name)
  const pieceLength = info['piece length']
  let length = 0
  const files = info.files.map((file) => {
    const path = [name, ...file.path.map(textOf)]
    const offset = length
    length += file.length
    return { path: path.join('/'), name: path.at(-1) ?? name, length: file.length, offset }
  })
  return {
    name,
    files,
    length,
    pieceLength,
    lastPieceLength: length % pieceLength || pieceLength,
    pieces: hashesOf(info),
  }
}

function hashesOf({ pieces }: Info): readonly string[] {
  const hex = Buffer.from(pieces).toString('hex')
  return Array.from({ length: pieces.length / HASH_BYTES }, (_, piece) =>
    hex.slice(piece * HASH_BYTES * 2, (piece + 1) * HASH_BYTES * 2),
  )
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
