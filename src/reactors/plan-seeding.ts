import type { CommunityId } from '../domain/community-id.ts'
import type { DropReason } from '../domain/events.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixMillis } from '../domain/time.ts'

/** A torrent with a part in a rollover, as recorded. */
export interface RecordedTorrent {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly role: 'NEXT' | 'CURRENT' | 'RETIRING' | 'REPLACED'
  readonly state: 'WAITING' | 'SERVED' | 'FAILED'
  /** When the successor of a RETIRING torrent was first served; never in the future, see `createKnownGraces`. */
  readonly retiringSince: UnixMillis | null
  /** How long it is served on after that. */
  readonly graceMs: number
  /** It failed so often that it was given up, until it has a new chance. What is served all the same may be dropped. */
  readonly isLeftAlone: boolean
  /** Why it should not be served, as far as time plays no part; null when it should. */
  readonly unwantedReason: DropReason | null
}

/** How the files of a torrent are checked before they are served: hashed as a whole, or what changed since alone. */
export type FileCheck = 'WHOLE' | 'IF_CHANGED'

/** What has to be done so that what is served is what is wanted. */
export type SeedingStep<Torrent extends RecordedTorrent = RecordedTorrent> =
  | { readonly type: 'SERVE'; readonly torrent: Torrent; readonly check: FileCheck }
  | { readonly type: 'RECORD_STARTED'; readonly torrent: Torrent }
  | { readonly type: 'DROP'; readonly torrent: Torrent; readonly reason: DropReason }
  | { readonly type: 'DROP_STRAY'; readonly infoHash: InfoHash }

/**
 * Compares what is recorded with what the torrent client serves.
 *
 * A replaced torrent is dropped when its grace is over and its successor is really served, so that the history is not
 * dark while a successor that was served once is being started again, or fails.
 *
 * @param active What the torrent client serves.
 * @returns Steps, starts before stops.
 */
export function planSeeding<Torrent extends RecordedTorrent>(
  torrents: readonly Torrent[],
  active: ReadonlySet<InfoHash>,
  now: UnixMillis,
): readonly SeedingStep<Torrent>[] {
  const starts: SeedingStep<Torrent>[] = []
  const stops: SeedingStep<Torrent>[] = []
  const currents = new Map(torrents.filter(({ role }) => role === 'CURRENT').map((row) => [row.communityId, row]))
  for (const torrent of torrents) {
    const isActive = active.has(torrent.infoHash)
    const current = currents.get(torrent.communityId)
    const isOver = isGraceOver(torrent, now)
    const isReplaced = isOver && current !== undefined && active.has(current.infoHash)
    const reason = torrent.unwantedReason ?? (isReplaced ? 'REPLACED' : null)
    // Its successor is about to be started; the look after that decides.
    const isOnHold = isOver && !isActive && current?.state === 'SERVED'
    if (reason !== null) {
      if (isActive || torrent.state === 'SERVED') stops.push({ type: 'DROP', torrent, reason })
    } else if (torrent.isLeftAlone) {
      continue
    } else if (!isActive) {
      if (!isOnHold) starts.push({ type: 'SERVE', torrent, check: checkOf(torrent) })
    } else if (torrent.state !== 'SERVED') {
      starts.push({ type: 'RECORD_STARTED', torrent })
    }
  }
  const known = new Set(torrents.map(({ infoHash }) => infoHash))
  const strays = [...active].filter((infoHash) => !known.has(infoHash))
  return [...starts, ...stops, ...strays.map((infoHash) => ({ type: 'DROP_STRAY' as const, infoHash }))]
}

/** When the first grace that still runs will be over; null when none runs. */
export function nextGraceEnd(torrents: readonly RecordedTorrent[], now: UnixMillis): UnixMillis | null {
  const ends = torrents
    .filter((torrent) => torrent.role === 'RETIRING' && !isGraceOver(torrent, now))
    .map(({ retiringSince, graceMs }) => (retiringSince ?? now) + graceMs)
  return ends.length === 0 ? null : (Math.min(...ends) as UnixMillis)
}

function isGraceOver({ role, retiringSince, graceMs }: RecordedTorrent, now: UnixMillis): boolean {
  return role === 'RETIRING' && retiringSince !== null && retiringSince + graceMs <= now
}

/**
 * What was hashed before is hashed again only if it changed since, so that a restart is quick, and a new version costs
 * what is new of it. What failed is hashed as a whole: something may be wrong that the files do not show.
 */
function checkOf({ state }: RecordedTorrent): FileCheck {
  return state === 'FAILED' ? 'WHOLE' : 'IF_CHANGED'
}
