import type { CommunityAt } from '../../audit/community-at.ts'
import type { SeedingFailureCode as FailureCode } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { builder } from '../builder.ts'
import { SeedingFailureCode } from '../scalars/failure-codes.ts'

/** A torrent of a community at a moment. */
interface TorrentState {
  readonly infoHash: InfoHash
  readonly role: 'NEWEST' | 'CURRENT' | 'RETIRING' | null
  readonly isServed: boolean
  readonly failure: FailureCode | null
}

const RolloverPart = builder.enumType('RolloverPart', {
  description: 'The part of a torrent in a rollover.',
  values: {
    NEWEST: { description: 'It was made or fetched last, and not served yet.' },
    CURRENT: { description: 'It is the one that members are told of.' },
    RETIRING: { description: 'A newer one took its place; it is served until its grace ends.' },
  } as const,
})

/** A torrent of a community at a moment. */
export const TorrentAt = builder.objectRef<TorrentState>('TorrentAt').implement({
  description: 'A torrent of a community at a moment.',
  fields: (t) => ({
    infoHash: t.expose('infoHash', { type: 'InfoHash', description: 'Its name on the network.' }),
    role: t.expose('role', { type: RolloverPart, nullable: true, description: 'Its part; null for one of before.' }),
    isServed: t.exposeBoolean('isServed', {
      description: 'Whether it was recorded as served. It really was while the node and its torrent client ran.',
    }),
    failure: t.expose('failure', { type: SeedingFailureCode, nullable: true, description: 'Why it could not be.' }),
  }),
})

/** The torrents of a state: those with a part in the rollover first. */
export function torrentsOf(state: CommunityAt): readonly TorrentState[] {
  const { newestTorrent, currentTorrent, retiringTorrent, servedTorrents, failedTorrents } = state
  const codes = new Map(failedTorrents.map(({ infoHash, code }) => [infoHash, code]))
  const known = [newestTorrent, currentTorrent, retiringTorrent, ...servedTorrents, ...codes.keys()]
  return [...new Set(known)]
    .filter((infoHash) => infoHash !== null)
    .map((infoHash) => ({
      infoHash,
      role: roleOf(infoHash, state),
      isServed: servedTorrents.includes(infoHash),
      failure: codes.get(infoHash) ?? null,
    }))
}

function roleOf(
  infoHash: InfoHash,
  { newestTorrent, currentTorrent, retiringTorrent }: CommunityAt,
): TorrentState['role'] {
  if (infoHash === currentTorrent) return 'CURRENT'
  if (infoHash === newestTorrent) return 'NEWEST'
  return infoHash === retiringTorrent ? 'RETIRING' : null
}
