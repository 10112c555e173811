import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { freeUdpPort } from '../../support/free-udp-port.ts'
import { startTorrentClient } from '../../support/torrent-client.ts'

const PING = 'd1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe'

test('packets that mean nothing leave the distributed hash table answering', async () => {
  const dhtPort = await freeUdpPort()
  const client = await startTorrentClient({ dht: true, dhtPort, dhtBootstrap: [] })
  const { pid } = client
  const socket = await openSocket()
  const hostile = [
    '',
    'l-3:',
    'd-3:',
    'd1:a-9:',
    'i5e',
    'de',
    'd1:y1:qe',
    'd1:q4:ping1:y1:qe',
    'd1:ai1e1:q9:find_node1:t2:aa1:y1:qe',
  ]
  for (const packet of [...hostile, 'd1:y1:re', 'd1:t1:a1:y1:re', 'd1:t2:aa1:yi5ee', 'l'.repeat(9_000)]) {
    socket.send(packet, dhtPort, '127.0.0.1')
  }
  await expect.poll(() => answered(socket, dhtPort)).toBe(true)
  expect(client.pid).toBe(pid)
})

async function answered(socket: Socket, port: number): Promise<boolean> {
  const pong = once(socket, 'message', { signal: AbortSignal.timeout(500) })
  socket.send(PING, port, '127.0.0.1')
  return pong.then(
    ([packet]) => String(packet).includes('1:y1:r'),
    () => false,
  )
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return socket
}
