import { expect, test } from 'vitest'
import { freeUdpPort } from '../../support/free-udp-port.ts'
import { startDhtNode } from '../../support/loopback-dht.ts'
import { createSigningCommunity, infoHashNumber } from '../../support/signing-community.ts'
import { startTorrentClient } from '../../support/torrent-client.ts'
import { createInfoHashItems, DHT_TIMES } from '../../../src/torrents/dht/info-hash-items.ts'

const community = createSigningCommunity()
const { publicKey } = community
const item = community.item(1_800_000_000_000, infoHashNumber(1))

test('a member that knows the id alone finds what the control node put, and keeps it alive after it', async () => {
  const first = await startDhtNode()
  const settings = { dht: true, dhtBootstrap: [first.address] }
  const [controlNode, member] = await Promise.all([startTorrentClient(settings), startTorrentClient(settings)])
  expect(await member.getItem(publicKey)).toEqual({ ok: true, value: null })
  expect(await controlNode.putItem({ publicKey, ...item })).toEqual({ ok: true, value: { nodes: 2 } })
  expect(await member.getItem(publicKey)).toEqual({ ok: true, value: item })
  // Of those that hold it, one has it from the member alone; and then it is the only one that is left.
  const second = await startDhtNode(first.address)
  expect(await member.putItem({ publicKey, ...item })).toEqual({ ok: true, value: { nodes: 2 } })
  await Promise.all([controlNode.stop(), member.stop(), first.stop()])
  const { node } = await startDhtNode(second.address)
  // Those that are gone are waited for no longer.
  const items = createInfoHashItems(node, { ...DHT_TIMES, lookUpMs: 1_500 })
  expect(await items.get(publicKey)).toEqual({ ok: true, value: item })
})

test('a client whose table is off says so, one that is down too, and no forged item is put', async () => {
  const client = await startTorrentClient()
  expect(await client.getItem(publicKey)).toEqual({ ok: false, error: { code: 'NO_DHT' } })
  expect(await client.putItem({ publicKey, ...item })).toEqual({ ok: false, error: { code: 'NO_DHT' } })
  const forged = { publicKey, ...item, infoHash: infoHashNumber(2) }
  expect(await client.putItem(forged)).toEqual({ ok: false, error: { code: 'INTERNAL' } })
  await client.stop()
  expect(await client.getItem(publicKey)).toEqual({ ok: false, error: { code: 'INTERNAL' } })
})

test('a call under way ends with the process', async () => {
  // Nobody answers at that port, so that the look takes its time.
  const client = await startTorrentClient({ dht: true, dhtBootstrap: [`127.0.0.1:${await freeUdpPort()}`] })
  const calls = [client.getItem(publicKey), client.putItem({ publicKey, ...item })]
  if (client.pid !== null) process.kill(client.pid, 'SIGKILL')
  expect(await Promise.all(calls)).toEqual(calls.map(() => ({ ok: false, error: { code: 'INTERNAL' } })))
})
