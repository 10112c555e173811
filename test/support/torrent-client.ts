import { onTestFinished } from 'vitest'
import type { TorrentClientSettings } from '../../src/torrents/client/client-settings.ts'
import type { TorrentClientEvent } from '../../src/torrents/client/torrent-client-event.ts'
import { createTorrentClient, type TorrentClient } from '../../src/torrents/client/torrent-client.ts'
import { LOOPBACK_TORRENT_CLIENT } from './loopback-torrents.ts'

/** Starts a torrent client on loopback that ends with the test. */
export async function startTorrentClient(
  settings: Partial<TorrentClientSettings> = {},
  answerMs?: number,
): Promise<TorrentClient> {
  const client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, ...settings }, answerMs)
  onTestFinished(() => client.stop())
  return client
}

/** The next event of a type. */
export function nextEvent<Type extends TorrentClientEvent['type']>(
  client: TorrentClient,
  type: Type,
): Promise<Extract<TorrentClientEvent, { readonly type: Type }>> {
  return new Promise((resolve) => {
    const end = client.onEvent((event) => {
      if (event.type !== type) return
      end()
      resolve(event as Extract<TorrentClientEvent, { readonly type: Type }>)
    })
  })
}

/** The port of a client that is up. */
export function portOf({ port }: TorrentClient): number {
  if (port === null) throw new Error('Expected a torrent client that is up')
  return port
}
