import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { announcePath, type TrackerHost } from './tracker-host.ts'

/** Enters a peer in the list of a tracker for a torrent, from the address that it listens on. */
export async function announcePeer({ port }: TrackerHost, infoHash: string, peer: string): Promise<void> {
  const { hostname: localAddress, port: peerPort } = new URL(`udp://${peer}`)
  const asking = get({ host: '127.0.0.1', port, path: announcePath(Number(peerPort), '', infoHash), localAddress })
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
}
