import { describe, test } from 'vitest'
import type { RecordArchivesVerified } from '../../src/domain/commands.ts'
import type { Damage } from '../../src/domain/damage.ts'
import type { ArchiveRepaired, ArchivesVerified } from '../../src/domain/events.ts'
import {
  archiveCreated,
  COMMUNITY,
  communityLeft,
  created,
  damaged,
  infoHash,
  ready,
  seedingWithdrawn,
  served,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

const communityId = COMMUNITY
const archives = archiveCreated(1).data.archives.map(({ id }) => id)
const damage: Damage = { pieces: [{ from: 0, to: 1 }], pieceCount: 1, archives, index: false, torrentFile: false }

function recordVerified(n: number, found: Damage | null): RecordArchivesVerified {
  return { type: 'RecordArchivesVerified', communityId, infoHash: infoHash(n), pieces: 2, damage: found }
}

function verified(n: number, found: Damage | null): ArchivesVerified {
  return { type: 'ArchivesVerified', communityId, data: { infoHash: infoHash(n), pieces: 2, damage: found } }
}

describe('RecordArchivesVerified', () => {
  test('tells each check, also one that found nothing', () => {
    given(ready, served(1), verified(1, null)).when(recordVerified(1, null)).then(verified(1, null))
  })

  test('tells first that a damaged torrent is no longer served', () => {
    given(ready, served(1)).when(recordVerified(1, damage)).then(damaged(1, 'PIECES_DAMAGED'), verified(1, damage))
  })

  test('does not tell damage twice', () => {
    given(ready, served(1), damaged(1, 'FILES_MISSING')).when(recordVerified(1, damage)).then(verified(1, damage))
  })

  test('says nothing about seeding where none is wanted', () => {
    given(ready, created(1), seedingWithdrawn).when(recordVerified(1, damage)).then(verified(1, damage))
    given(ready, created(1), communityLeft).when(recordVerified(1, damage)).then(verified(1, damage))
  })

  test('is refused for a torrent without a part in the rollover', () => {
    given(ready, served(1))
      .when(recordVerified(2, null))
      .thenRefused({ type: 'TorrentNotKept', infoHash: infoHash(2) })
  })
})

describe('RecordArchiveRepaired', () => {
  const data: ArchiveRepaired['data'] = {
    infoHash: infoHash(1),
    part: 'ARCHIVE',
    archiveId: archives[0] ?? null,
    pieces: 1,
    source: 'MESSAGES',
  }

  test('tells what was mended, and from what', () => {
    given(ready, served(1))
      .when({ type: 'RecordArchiveRepaired', communityId, ...data })
      .then({ type: 'ArchiveRepaired', communityId, data })
  })

  test('is refused for a torrent without a part in the rollover', () => {
    given(ready)
      .when({ type: 'RecordArchiveRepaired', communityId, ...data })
      .thenRefused('TorrentNotKept')
  })
})
