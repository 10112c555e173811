import { createHash, hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { PIECE_BYTES, type ArchiveEntry } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { isAnyPieceHeld, notedPieces, pieceHashOf, readHeldPieces, type HeldPieces } from '../../formats/held-pieces.ts'
import { PIECE_HASH_BYTES, pieceHashesOf } from '../../formats/piece-hashes.ts'
import { whenMissing } from '../../formats/when-missing.ts'
import { dataPathOf, heldPathOf, indexPathOf } from '../archive-paths.ts'
import { nodeFileSteps, readSmallFile } from '../file-steps.ts'
import { readRecordedTorrent } from '../repair/recorded-files.ts'
import type { NamedFileFault, NamedVersion } from './check-named-files.ts'

/** Where an archive is in the `data` of its community, and the SHA-256 of its bytes without padding, in hex. */
export interface HashedArchive extends Pick<ArchiveEntry, 'offset' | 'rawBytes' | 'paddingBytes' | 'sha256'> {
  readonly communityId: CommunityId
  readonly generation: number
  /** Another node packed it, and padded it as it liked: its padding is among the pieces that are hashed. */
  readonly isFetched: boolean
}

/**
 * Hashes an archive's bytes in `data`. Of what was packed here looks also whether the padding is zeros, which peers are given
 * too.
 *
 * @returns Null where all is as recorded, or there is no file any more: `checkNamedFiles` tells whether there has to be one.
 */
export async function checkArchiveHash(
  archivesDir: string,
  { communityId, generation, offset, rawBytes, paddingBytes, sha256, isFetched }: HashedArchive,
): Promise<NamedFileFault | null> {
  const path = dataPathOf(archivesDir, communityId, generation)
  await using data = await open(path).catch(whenMissing(null))
  if (data === null) return null
  const end = offset + rawBytes + (isFetched ? 0 : paddingBytes) - 1
  const found = createHash('sha256')
  let leftBytes = rawBytes
  let isPadded = true
  for await (const chunk of data.createReadStream({ start: offset, end, autoClose: false })) {
    const bytes = chunk as Uint8Array
    const raw = bytes.subarray(0, leftBytes)
    leftBytes -= raw.length
    found.update(raw)
    isPadded &&= bytes.subarray(raw.length).every((byte) => byte === 0)
  }
  return isPadded && found.digest('hex') === sha256 ? null : { path: `${path} at ${offset}`, code: 'OTHER_HASH' }
}

/**
 * Hashes the index of a version, and of what was fetched all that is noted as held: the log has no hash of these, but the
 * info hash, which vouches for the torrent file, and with it for the pieces.
 */
export async function checkPieces(archivesDir: string, version: NamedVersion): Promise<readonly NamedFileFault[]> {
  const faults = version.isFetched ? await checkHeld(archivesDir, version) : []
  return isIndexRight(archivesDir, version)
    ? faults
    : [...faults, { path: indexPathOf(archivesDir, version.communityId, version.infoHash), code: 'OTHER_HASH' }]
}

/** An index of another length, and a torrent file that is not the recorded one, are faults of their own. */
function isIndexRight(archivesDir: string, version: NamedVersion): boolean {
  const { communityId, infoHash, dataBytes, indexBytes } = version
  const path = indexPathOf(archivesDir, communityId, infoHash)
  const torrent = readRecordedTorrent(nodeFileSteps, { archivesDir, communityId, version, pieceBytes: PIECE_BYTES })
  if (torrent === null || nodeFileSteps.sizeAt(path) !== indexBytes) return true
  const bytes = readSmallFile(nodeFileSteps, path, indexBytes)
  const hashes = torrent.pieces.subarray((dataBytes / PIECE_BYTES) * PIECE_HASH_BYTES)
  return bytes !== null && Buffer.compare(pieceHashesOf(bytes, PIECE_BYTES), hashes) === 0
}

/**
 * Names the first piece that is not the one that is noted: where a file was exchanged, all of them are not. None of a file
 * that is not there any more, as above.
 */
async function checkHeld(
  archivesDir: string,
  { communityId, generation }: NamedVersion,
): Promise<readonly NamedFileFault[]> {
  const path = dataPathOf(archivesDir, communityId, generation)
  const held = await readHeldPieces(heldPathOf(archivesDir, communityId, generation))
  const bad = await firstBadPiece(path, held)
  return bad === null ? [] : [{ path: `${path} at ${bad * PIECE_BYTES}`, code: 'OTHER_HASH' }]
}

async function firstBadPiece(path: string, held: HeldPieces): Promise<number | null> {
  await using data = await open(path).catch(whenMissing(null))
  if (data === null) return null
  const bytes = Buffer.alloc(PIECE_BYTES)
  for (let piece = 0; piece < notedPieces(held); piece += 1) {
    if (!isAnyPieceHeld(held, piece)) continue
    const { bytesRead } = await data.read(bytes, 0, PIECE_BYTES, piece * PIECE_BYTES)
    if (!hash('sha1', bytes.subarray(0, bytesRead), 'buffer').equals(pieceHashOf({ pieces: held }, piece))) return piece
  }
  return null
}
