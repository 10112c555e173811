import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Passes connections on to a port of this machine, until they are cut. */
export interface Relay {
  readonly port: number
  /** Cuts the connections that are open. New ones are passed on. */
  readonly cut: () => void
  /** How many there were. */
  readonly connections: () => number
}

/** Opens a relay that is gone after the test. */
export async function openRelay(target: number): Promise<Relay> {
  const open = new Set<Socket>()
  let connections = 0
  const relay = createServer((client) => {
    connections += 1
    const server = connect(target, '127.0.0.1')
    for (const socket of [client, server]) {
      open.add(socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket)))
    }
    client.pipe(server).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const cut = (): void => open.forEach((socket) => socket.destroy())
  onTestFinished(() => {
    cut()
    relay.close()
  })
  return { port: (relay.address() as AddressInfo).port, cut, connections: () => connections }
}
