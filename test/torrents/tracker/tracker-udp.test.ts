import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createTracker, type Tracker } from '../../../src/torrents/tracker/tracker.ts'
import { KNOWN, UNKNOWN } from '../../support/tracker-host.ts'

const PROTOCOL_ID = Buffer.from('0000041727101980', 'hex')

describe('the UDP tracker', () => {
  test('tells a peer that connected first of the node and of itself alone', async () => {
    const { tracker, client } = await start()
    tracker.announceSelf([KNOWN], { address: '203.0.113.5', port: 6_881 })
    const id = await client.connect()

    const answer = await client.ask(announcement(id, KNOWN, { claimedIp: '198.51.100.9' }))

    expect(answer.readUInt32BE(0)).toBe(1)
    expect(answer.readUInt32BE(16)).toBe(2)
    expect(answer.subarray(20).toString('hex')).toBe('cb0071051ae1')
    const second = await client.ask(announcement(id, KNOWN, { port: 7_001 }))
    expect(second.subarray(20).toString('hex')).toBe('cb0071051ae1' + '7f0000011b58')
  })

  test('answers a scrape of what it knows', async () => {
    const { client } = await start()
    const id = await client.connect()
    await client.ask(announcement(id, KNOWN))

    const answer = await client.ask(
      Buffer.concat([id, Buffer.from('0000000200000009', 'hex'), Buffer.from(KNOWN, 'hex')]),
    )

    expect(answer.toString('hex')).toBe('0000000200000009' + '000000010000000100000000')
  })

  test('refuses a torrent that it does not know', async () => {
    const { client } = await start()

    const answer = await client.ask(announcement(await client.connect(), UNKNOWN))

    expect(answer.readUInt32BE(0)).toBe(3)
    expect(answer.subarray(8).toString()).toBe('this tracker does not know the torrent')
  })

  test('says nothing to who never connected, connected from elsewhere, or sends rubbish', async () => {
    const { tracker, client } = await start()
    const other = await openClient(tracker)
    const id = await client.connect()

    client.send(announcement(PROTOCOL_ID, KNOWN))
    other.send(announcement(id, KNOWN))
    client.send(announcement(id, KNOWN).subarray(0, 97))
    client.send(Buffer.concat([id, Buffer.from('0000000200000009', 'hex'), Buffer.from(UNKNOWN, 'hex')]))
    client.send(Buffer.concat([id, Buffer.from('0000000700000009', 'hex')]))
    client.send(Buffer.alloc(15))
    client.send(Buffer.alloc(0))

    // The first answer to come is that to the last packet, and it counts nobody but its sender.
    const answer = await client.ask(announcement(id, KNOWN, { transaction: 77 }))
    expect(answer.readUInt32BE(4)).toBe(77)
    expect(answer.readUInt32BE(16)).toBe(1)
  })

  test('says which port is taken', async () => {
    const { tracker } = await start()

    await expect(
      createTracker({ isKnown: () => true, udp: { host: '127.0.0.1', port: tracker.udpPort ?? 0 } }),
    ).rejects.toThrow(/EADDRINUSE/)
  })
})

interface Client {
  send(packet: Buffer): void
  ask(packet: Buffer): Promise<Buffer>
  connect(): Promise<Buffer>
}

async function start(): Promise<{ tracker: Tracker; client: Client }> {
  const tracker = await createTracker({ isKnown: (hash) => hash === KNOWN, udp: { host: '127.0.0.1', port: 0 } })
  onTestFinished(() => tracker.stop())
  return { tracker, client: await openClient(tracker) }
}

async function openClient({ udpPort }: Tracker): Promise<Client> {
  const socket: Socket = createSocket('udp4')
  onTestFinished(() => void socket.close())
  socket.connect(udpPort ?? 0, '127.0.0.1')
  await once(socket, 'connect')
  const ask = async (packet: Buffer): Promise<Buffer> => {
    const answered = once(socket, 'message') as Promise<[Buffer]>
    socket.send(packet)
    return (await answered)[0]
  }
  return {
    send: (packet) => socket.send(packet),
    ask,
    connect: async () =>
      (await ask(Buffer.concat([PROTOCOL_ID, Buffer.from('0000000000000005', 'hex')]))).subarray(8, 16),
  }
}

function announcement(
  id: Buffer,
  infoHash: string,
  {
    port = 7_000,
    claimedIp = '0.0.0.0',
    transaction = 9,
  }: { port?: number; claimedIp?: string; transaction?: number } = {},
): Buffer {
  const packet = Buffer.alloc(98)
  id.copy(packet)
  packet.writeUInt32BE(1, 8)
  packet.writeUInt32BE(transaction, 12)
  packet.write(infoHash, 16, 'hex')
  packet.write(`-TT0001-${String(port).padStart(12, '0')}`, 36)
  packet.writeUInt32BE(2, 80)
  Buffer.from(claimedIp.split('.').map(Number)).copy(packet, 84)
  packet.writeUInt32BE(0xffff_ffff, 92)
  packet.writeUInt16BE(port, 96)
  return packet
}
