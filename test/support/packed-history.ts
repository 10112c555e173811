import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { dataPathOf, indexPathOf, torrentPathOf } from '../../src/archives/archive-paths.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives, PackingRequest } from '../../src/archives/packing/packing-request.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { damagedPieces } from './damaged-pieces.ts'
import { readSmallHistory, smallHistory } from './small-history.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'

/** Packs the first hundred seconds, and gives the request for the next hundred. */
export function packFirst(): { readonly first: PackedArchives; readonly next: PackingRequest } {
  const request = smallHistory(createTemporaryFolder())
  const first = pack(request)
  return { first, next: { ...request, from: request.to, to: 200 as UnixSeconds, previous: first } }
}

/** Packs what the request asks for, which has to be something. */
export function pack(request: PackingRequest): PackedArchives {
  const packed = valueOf(packArchives(request, readSmallHistory))
  if (packed === null) throw new Error('Nothing was packed')
  return packed
}

/** Where `data` is. */
export function dataOf({ archivesDir, communityId }: PackingRequest, { generation }: PackedArchives): string {
  return dataPathOf(archivesDir, communityId, generation)
}

/** Expects the files of a version to be what its info hash promises. */
export async function expectServable(request: PackingRequest, packed: PackedArchives): Promise<void> {
  const { archivesDir, communityId, pieceBytes } = request
  const torrentBytes = readFileSync(torrentPathOf(archivesDir, communityId, packed.infoHash))
  const torrent = valueOf(parseTorrentFile(torrentBytes, pieceBytes))
  const indexPath = indexPathOf(archivesDir, communityId, packed.infoHash)
  expect(torrent.infoHash).toBe(packed.infoHash)
  expect(await damagedPieces(torrent, { dataPath: dataOf(request, packed), indexPath })).toEqual([])
}
