/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'

const PLAIN_TEXT = 0
const ENCRYPTED = 1
/** So that a tracker which names ever new addresses does not fill the memory. */
const MAX_REMEMBERED = 1_000

/**
 * Dials a peer in plain text after it did not answer to encryption.
 *
 * webtorrent dials one way or the other for good: encrypted it reaches nobody who speaks plain text
 * alone, and in plain text nobody who insists on encryption. It dials again after a second, and this
 * has it take turns.
 */
export function dialBothWays(client: WebTorrent): void {
  client.on('add', (torrent: Torrent) => {
    const addPeer = torrent._addPeer.bind(torrent)
    const unanswered = new Set<string>()
    torrent.on('wire', (_wire: unknown, address?: string) => unanswered.delete(address ?? ''))

    torrent._addPeer = (peer, type, source) => {
      const inPlainText = typeof peer === 'string' && unanswered.has(peer)
      const before = client.secure
      client.secure = inPlainText ? PLAIN_TEXT : ENCRYPTED // It is read once, for the peer that is added.
      const added = addPeer(peer, type, source)
      client.secure = before
      if (added !== null && typeof peer === 'string') {
        if (inPlainText || unanswered.size >= MAX_REMEMBERED) unanswered.delete(peer)
        else unanswered.add(peer)
      }
      return added
    }
  })
}
