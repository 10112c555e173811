import { PIECE_BYTES } from '../domain/archive.ts'
import { parseCommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { isDictionary, parseBencode, type Bencoded, type BencodedDictionary } from './bencode-parser.ts'
import { PIECE_HASH_BYTES } from './piece-hashes.ts'
import { infoHashOf, type TorrentInfo } from './torrent-file.ts'

/** The longest torrent file that is read: its piece hashes are those of 160 GB. */
export const MAX_TORRENT_BYTES = 33_554_432

const MAX_TRACKERS = 256
const MAX_TRACKER_BYTES = 1024
const INFO_KEYS = ['files', 'name', 'piece length', 'pieces']

/** A torrent of the archive format, as anybody may have written it. */
export interface Torrent extends TorrentInfo {
  readonly infoHash: InfoHash
  /** The announce URLs by tier. They are what the writer likes: judge them before you dial them. */
  readonly trackerTiers: readonly (readonly string[])[]
}

/** Why bytes are not a torrent file of the archive format. */
export interface MalformedTorrent {
  readonly type: 'MalformedTorrent'
  readonly reason:
    | 'TOO_LARGE'
    /** Not canonical bencode, or no dictionary with an info dictionary. */
    | 'NOT_A_TORRENT'
    /** The info dictionary has not exactly `files`, `name`, `piece length` and `pieces`. */
    | 'WRONG_INFO_KEYS'
    /** The name is no community id in lower case. */
    | 'WRONG_NAME'
    | 'WRONG_PIECE_LENGTH'
    /** Not exactly `data`, in whole pieces, and `index`, neither of them empty. */
    | 'WRONG_FILES'
    /** The piece hashes do not add up to the files. */
    | 'WRONG_PIECES'
    | 'WRONG_TRACKERS'
}

/**
 * Parses a torrent file of the archive format, BitTorrent v1.
 *
 * @param pieceBytes The piece length that it must have.
 * @returns The torrent; `MalformedTorrent` for anything else, other torrents too. Never throws.
 */
export function parseTorrentFile(bytes: Uint8Array, pieceBytes = PIECE_BYTES): Result<Torrent, MalformedTorrent> {
  if (bytes.length > MAX_TORRENT_BYTES) return refuse('TOO_LARGE')
  const parsed = parseBencode(bytes)
  if (!parsed.ok || !isDictionary(parsed.value)) return refuse('NOT_A_TORRENT')
  const info = parsed.value.entries.get('info')
  if (!isDictionary(info)) return refuse('NOT_A_TORRENT')
  const trackerTiers = tiersOf(parsed.value.entries.get('announce-list') ?? [])
  if (trackerTiers === null) return refuse('WRONG_TRACKERS')
  const checked = checkInfo(info, pieceBytes)
  return checked.ok ? ok({ ...checked.value, infoHash: infoHashOf(info.encoding), trackerTiers }) : checked
}

/**
 * Parses the info dictionary of a torrent of the archive format, as peers give it for a magnet link.
 *
 * It has one encoding: `encodeInfo` of what is returned gives the same bytes.
 *
 * @param pieceBytes The piece length that it must have.
 * @returns What it says; `MalformedTorrent` for anything else. Never throws.
 */
export function parseInfo(bytes: Uint8Array, pieceBytes = PIECE_BYTES): Result<TorrentInfo, MalformedTorrent> {
  if (bytes.length > MAX_TORRENT_BYTES) return refuse('TOO_LARGE')
  const parsed = parseBencode(bytes)
  return parsed.ok && isDictionary(parsed.value) ? checkInfo(parsed.value, pieceBytes) : refuse('NOT_A_TORRENT')
}

function checkInfo({ entries }: BencodedDictionary, pieceBytes: number): Result<TorrentInfo, MalformedTorrent> {
  // The parser has refused unsorted keys, so that the order is known.
  if ([...entries.keys()].join() !== INFO_KEYS.join()) return refuse('WRONG_INFO_KEYS')
  const name = textOf(entries.get('name'))
  const communityId = parseCommunityId(name ?? '')
  if (!communityId.ok || communityId.value !== name) return refuse('WRONG_NAME')
  if (entries.get('piece length') !== pieceBytes) return refuse('WRONG_PIECE_LENGTH')
  const files = entries.get('files')
  if (!Array.isArray(files) || files.length !== 2) return refuse('WRONG_FILES')
  const dataBytes = lengthOf(files[0], 'data')
  const indexBytes = lengthOf(files[1], 'index')
  if (dataBytes === null || dataBytes % pieceBytes !== 0 || indexBytes === null) return refuse('WRONG_FILES')
  const pieces = entries.get('pieces')
  const pieceCount = Math.ceil((dataBytes + indexBytes) / pieceBytes)
  if (!(pieces instanceof Uint8Array) || pieces.length !== pieceCount * PIECE_HASH_BYTES) return refuse('WRONG_PIECES')
  return ok({ communityId: communityId.value, pieceBytes, dataBytes, indexBytes, pieces })
}

/** The length of a file entry that has this name; null for any other value. */
function lengthOf(file: Bencoded | undefined, name: string): number | null {
  if (!isDictionary(file) || [...file.entries.keys()].join() !== 'length,path') return null
  const length = file.entries.get('length')
  const path = file.entries.get('path')
  if (!Array.isArray(path) || path.length !== 1 || textOf(path[0]) !== name) return null
  return typeof length === 'number' && length > 0 ? length : null
}

function tiersOf(list: Bencoded): string[][] | null {
  if (!Array.isArray(list)) return null
  const tiers: string[][] = []
  let count = 0
  for (const tier of list as readonly Bencoded[]) {
    if (!Array.isArray(tier)) return null
    const trackers = (tier as readonly Bencoded[]).map((tracker) => textOf(tracker))
    count += trackers.length
    if (count > MAX_TRACKERS || trackers.includes(null)) return null
    tiers.push(trackers.filter((tracker) => tracker !== null))
  }
  return tiers
}

/** A short string as ASCII text, which is all that names and URLs consist of; else null. */
function textOf(value: Bencoded | undefined): string | null {
  if (!(value instanceof Uint8Array) || value.length > MAX_TRACKER_BYTES) return null
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')
  return /^[\x20-\x7e]*$/.test(text) ? text : null
}

function refuse(reason: MalformedTorrent['reason']): Result<never, MalformedTorrent> {
  return err({ type: 'MalformedTorrent', reason })
}
