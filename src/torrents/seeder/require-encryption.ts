/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type Wire from 'bittorrent-protocol'
import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'
import { disconnect } from '../guards/wire-parser.ts'

const RC4 = 2

/**
 * Leaves every peer whose connection is not encrypted, before it is told anything.
 *
 * webtorrent's `secure: 2` does not see to that: it dials encrypted alone, and then answers whoever dials in plain text.
 */
export function requireEncryption(client: WebTorrent): void {
  client.on('add', (torrent: Torrent) => {
    torrent.on('wire', (wire: Wire) => {
      if (wire._encryptor?.encryptionMethod !== RC4) disconnect(wire)
    })
  })
}
