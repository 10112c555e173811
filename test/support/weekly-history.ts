import { createHash } from 'node:crypto'
import type { ReceivedArchive } from '../../src/archives/receiving/check-received-index.ts'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { at } from './community-facts.ts'
import { encodeArchive } from './encode-archive.ts'
import { publishArchives, type PublishedVersion } from './published-version.ts'
import { SAMPLE_TOPIC, sampleMessage } from './sample-message.ts'

/** A foreign community, for whose links an operator vouches. */
export function foreignCommunity(n: number): CommunityId {
  return `0x02${n.toString(16).padStart(64, '0')}` as CommunityId
}

/** A version of an archive a week, each of so many pieces. */
export type WeeklyVersion = PublishedVersion & { readonly archives: readonly ReceivedArchive[] }

/**
 * Publishes weeks of a community as its control node would: a letter each, of which its messages follow.
 *
 * @param piecesAWeek How many pieces each archive has.
 */
export function publishWeeks(communityId: CommunityId, letters: string, piecesAWeek = 1): WeeklyVersion {
  const archives = letters.split('').map((letter, week) => {
    const metadata = { from: at(week), to: at(week + 1), contentTopics: [SAMPLE_TOPIC] }
    return { metadata, raw: encodeArchive(metadata, messagesOf(letter, week, piecesAWeek)) }
  })
  return publishArchives(archives, { communityId, pieceBytes: PIECE_BYTES })
}

/** The messages of a week. */
export function messagesOf(letter: string, week: number, pieces = 1): readonly Message[] {
  const count = Math.max(3, Math.ceil(pieces / 5))
  const length = pieces === 1 ? 100 : Math.floor(((pieces - 0.5) * PIECE_BYTES) / count) - 200
  return Array.from({ length: count }, (_, n) => {
    const bytes = createHash('shake256', { outputLength: length }).update(`${letter} ${week} ${n}`).digest()
    return sampleMessage({ timestamp: (at(week) + n) as UnixSeconds, payload: Uint8Array.from(bytes) })
  })
}
