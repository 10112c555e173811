import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import bencode from 'bencode'

/** A tracker that names one peer to all who ask, and remembers nobody: a round cannot fetch from the one before. */
export interface FixedTracker extends AsyncDisposable {
  readonly announceUrl: string
  /** Names this port on loopback from now on. */
  point(port: number): void
}

/** Starts one on loopback. */
export async function startFixedTracker(): Promise<FixedTracker> {
  const peer = Buffer.from([127, 0, 0, 1, 0, 0])
  const server = createServer((_request, response) => {
    response.end(bencode.encode({ interval: 3_600, peers: peer }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    announceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`,
    point: (port) => void peer.writeUInt16BE(port, 4),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
