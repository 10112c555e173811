/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type { RemoteInfo } from 'node:dgram'
import type WebTorrent from 'webtorrent'
import { isDictionary, readBencode } from '../../formats/bencode-parser.ts'
import type { OnOffence } from './wire-guards.ts'

/** What fits an Ethernet frame; no message of the protocol (BEP 5, BEP 44) is longer. */
const MAX_PACKET_BYTES = 1_500

/**
 * Shows the distributed hash table only packets that are well-formed, and has none end the process.
 *
 * One packet of four bytes, `l-3:`, from anybody, would otherwise keep its decoder busy until the heap
 * is gone. Offences are told but not blamed on the address, which a packet can forge.
 */
export function guardDht(client: WebTorrent, onOffence: OnOffence): void {
  if (!client.dht) return
  const udp = client.dht._rpc.socket.socket
  const listeners = udp.listeners('message') as ((packet: Buffer, from: RemoteInfo) => void)[]
  udp.removeAllListeners('message')
  udp.on('message', (packet, from) => {
    if (!isMessage(packet)) return onOffence('MALFORMED_EXTENSION', null)
    try {
      for (const listener of listeners) listener.call(udp, packet, from)
    } catch (cause) {
      onOffence('UNPARSABLE', null, cause)
    }
  })
}

function isMessage(packet: Buffer): boolean {
  if (packet.length > MAX_PACKET_BYTES) return false
  const read = readBencode(packet)
  return read?.end === packet.length && isDictionary(read.value) && read.value.entries.get('y') instanceof Uint8Array
}
