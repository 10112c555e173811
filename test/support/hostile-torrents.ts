import bencode from 'bencode'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { PIECE_HASH_BYTES } from '../../src/formats/piece-hashes.ts'
import { infoDictionaryOf } from '../../src/formats/torrent-file.ts'

/** A file that a torrent names. */
interface NamedFile {
  readonly length: number
  readonly path: readonly string[]
}

const DATA: NamedFile = { length: PIECE_BYTES, path: ['data'] }
const INDEX: NamedFile = { length: 100, path: ['index'] }
/** What a million entries take at least. */
const MILLION_ENTRIES: NamedFile = { length: 14_000_000, path: ['index'] }

/** Torrents that are none of a community's archives, by what is wrong with them. */
export const HOSTILE_TORRENTS: Readonly<Record<string, (communityId: CommunityId) => Uint8Array>> = {
  'a third file': infoOf({ files: [DATA, INDEX, { length: 10, path: ['extra'] }] }),
  'other files': infoOf({ files: [{ ...DATA, path: ['movie.mkv'] }, INDEX] }),
  'an absolute path': infoOf({ files: [{ ...DATA, path: ['/', 'etc', 'data'] }, INDEX] }),
  'a path upwards': infoOf({ files: [{ ...DATA, path: ['..', '..', '..', 'canary'] }, INDEX] }),
  'a name upwards': infoOf({ name: '../../canary' }),
  'the name of another community': infoOf({ name: `0x03${'ab'.repeat(32)}` }),
  'a thousand files': infoOf({ files: Array.from({ length: 1_000 }, (_, n) => ({ length: 1, path: [`data.${n}`] })) }),
  'pieces of another length': infoOf({ pieceBytes: 16_384 }),
  'an index of a million entries': infoOf({ files: [DATA, MILLION_ENTRIES] }),
}

interface Wrong {
  readonly files?: readonly NamedFile[]
  readonly name?: string
  readonly pieceBytes?: number
}

/** Its pieces have hashes that nothing has: nobody is to ask for them. */
function infoOf({ files = [DATA, INDEX], name, pieceBytes = PIECE_BYTES }: Wrong) {
  return (communityId: CommunityId): Uint8Array => {
    const length = files.reduce((sum, file) => sum + file.length, 0)
    const pieces = Buffer.alloc(Math.ceil(length / pieceBytes) * PIECE_HASH_BYTES, 7)
    const right = infoDictionaryOf({ communityId, pieceBytes, dataBytes: 0, indexBytes: 0, pieces })
    const listed = files.map((file) => ({ length: file.length, path: [...file.path] }))
    return bencode.encode({ ...right, files: listed, ...(name !== undefined && { name }) })
  }
}
