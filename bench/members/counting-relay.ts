import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Passes connections on to a port, and counts what goes through it. */
export interface CountingRelay extends AsyncDisposable {
  readonly port: number
  /** From the port to whoever dialled, all protocols included. */
  readonly sentBytes: () => number
  /** From whoever dialled to the port. */
  readonly receivedBytes: () => number
}

/** Starts one on loopback. */
export async function startCountingRelay(to: number): Promise<CountingRelay> {
  const open = new Set<Socket>()
  let [sentBytes, receivedBytes] = [0, 0]
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy()) // Whoever gave up is told to the other side.
      socket.on('close', () => open.delete(socket))
    }
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.on('data', (chunk) => (receivedBytes += chunk.length))
    far.on('data', (chunk) => (sentBytes += chunk.length))
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    sentBytes: () => sentBytes,
    receivedBytes: () => receivedBytes,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
