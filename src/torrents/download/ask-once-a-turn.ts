/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type { Torrent } from 'webtorrent'

/**
 * Has webtorrent ask its peers for more once a turn of the event loop.
 *
 * It would do so after each block, and each time go through all pieces that are asked for or being written: of blocks that
 * come faster than pieces are written, as many pieces as wait.
 */
export function askOnceATurn(torrent: Torrent): void {
  const update = torrent._update.bind(torrent)
  let isDue = false
  torrent._update = () => {
    if (isDue) return
    isDue = true
    setImmediate(() => {
      isDue = false
      update()
    })
  }
}
