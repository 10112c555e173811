import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { RecordedTorrent } from './plan-seeding.ts'

/**
 * Remembers when each grace was first seen that began in the future, as it did where the clock ran ahead and was set
 * back: the log knows no earlier time than its latest. Such a grace counts from then on, so that a torrent is served no
 * longer than it would be by a clock that goes right; after a restart, from the first look again.
 *
 * @returns Gives torrents back with a `retiringSince` that is not after `now`.
 */
export function createKnownGraces(): <Torrent extends RecordedTorrent>(
  torrents: readonly Torrent[],
  now: UnixMillis,
) => readonly Torrent[] {
  const seen = new Map<InfoHash, UnixMillis>()
  return (torrents, now) => {
    const ahead = torrents.filter(({ retiringSince }) => retiringSince !== null && retiringSince > now)
    const names = new Set(ahead.map(({ infoHash }) => infoHash))
    for (const infoHash of seen.keys()) if (!names.has(infoHash)) seen.delete(infoHash)
    // Set back once more, the clock was wrong when it was seen too.
    for (const infoHash of names) seen.set(infoHash, Math.min(seen.get(infoHash) ?? now, now) as UnixMillis)
    return torrents.map((torrent) => {
      const retiringSince = seen.get(torrent.infoHash)
      return retiringSince === undefined ? torrent : { ...torrent, retiringSince }
    })
  }
}
