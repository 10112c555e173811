import { describe, expect, test } from 'vitest'
import { partsMendedByPeers } from '../../src/app/verification/mended-parts.ts'
import type { RecordedVersion } from '../../src/archives/repair/recorded-version.ts'
import { PIECE_BYTES, type ArchiveId } from '../../src/domain/archive.ts'
import type { Damage } from '../../src/domain/damage.ts'
import { archiveCreated, COMMUNITY, infoHash } from '../support/community-facts.ts'

const [anArchive = expect.unreachable()] = archiveCreated(1).data.archives

function archiveId(n: number): ArchiveId {
  return `0x${n.toString(16).padStart(64, '0')}` as ArchiveId
}

/** A version of so many archives, each of so many pieces, and an index of two. */
function versionOf(archives: number, pieces: number): RecordedVersion {
  const sizeBytes = pieces * PIECE_BYTES
  return {
    archivesDir: '',
    communityId: COMMUNITY,
    version: {
      infoHash: infoHash(1),
      generation: 1,
      dataBytes: archives * sizeBytes,
      indexBytes: PIECE_BYTES + 1,
    },
    archives: Array.from({ length: archives }, (_, n) => ({
      entry: { ...anArchive, id: archiveId(n), offset: n * sizeBytes, rawBytes: sizeBytes - 1, paddingBytes: 1 },
      contentTopics: [],
      recordedAfter: 0,
      recordedUpTo: 1,
    })),
  }
}

function damageOf(archives: readonly number[], index: boolean): Damage {
  return { pieces: [], pieceCount: 0, archives: archives.map(archiveId), index, torrentFile: false }
}

describe('what pieces from peers mended', () => {
  test('counts for each part the pieces that were fetched of it', () => {
    const fetched = new Set([0, 2, 3, 5, 6, 9, 10])
    const parts = partsMendedByPeers([damageOf([0, 1, 2], true), damageOf([1], false)], fetched, versionOf(3, 3))
    expect(parts).toEqual([
      { part: 'ARCHIVE', archiveId: archiveId(0), pieces: 2, source: 'PEERS' },
      { part: 'ARCHIVE', archiveId: archiveId(2), pieces: 1, source: 'PEERS' },
      { part: 'INDEX', archiveId: null, pieces: 2, source: 'PEERS' },
    ])
  })

  test('looks at each piece of a long history once', () => {
    const looks: number[] = []
    const fetched = new (class extends Set<number> {
      override has(piece: number): boolean {
        looks.push(piece)
        return super.has(piece)
      }

      override [Symbol.iterator](): never {
        return expect.unreachable('all pieces are looked through for one archive')
      }
    })()
    const all = Array.from({ length: 100 }, (_, n) => n)
    expect(partsMendedByPeers([damageOf(all, false), null], fetched, versionOf(100, 10))).toHaveLength(100)
    expect(looks).toEqual(Array.from({ length: 1000 }, (_, piece) => piece))
  })
})
