import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { askServer } from '../ask-server.ts'
import type { Runtime, Server } from '../runtime-file.ts'
import type { Examination } from './examination.ts'
import { bad, good, reasonOf, type Finding } from './finding.ts'

/** How long a connection on this machine may take, in milliseconds. */
const ANSWER_MS = 5000

/** Whether the API's port is free for the node, or held by it, and then whether the API answers. */
export async function checkApiPort({ settings: { host, port }, running }: Examination): Promise<readonly Finding[]> {
  const server = serverOf(running)
  if (running === null || server === null) return [await checkFree('API port', host, port, 'port')]
  return [
    good('API port', `${server.url}, held by the node that runs as process ${running.pid}`),
    await checkApi(server),
  ]
}

/** Null while it does not answer yet. */
function serverOf(running: Runtime | null): Server | null {
  return running === null || running.url === null ? null : { url: running.url, secret: running.secret }
}

async function checkApi(server: Server): Promise<Finding> {
  const began = performance.now()
  try {
    await askServer(server)<{ readonly __typename: string }>('{ __typename }', {})
    return good('API', `it answers in ${Math.ceil(performance.now() - began)} ms`)
  } catch (fault) {
    return bad('API', reasonOf(fault), 'read the log of the node; a node that is busy answers in a moment')
  }
}

/**
 * Whether the torrent client answers over loopback, where a node runs; else whether its port is free.
 *
 * @param infoHash A torrent that it serves: it then has to answer a handshake, and not just take the connection.
 */
export async function checkTorrentPort(
  { settings, running }: Examination,
  infoHash: string | null,
): Promise<readonly Finding[]> {
  const { torrentHost, torrentPort, encryption } = settings
  if (running === null) {
    const port = await checkFree('torrent port', torrentHost ?? '::', torrentPort, 'torrent-port')
    const udp = settings.dht && torrentPort !== 0 ? await checkUdpFree(torrentHost ?? '0.0.0.0', torrentPort) : null
    return udp === null ? [port] : [port, udp]
  }
  const port = torrentPort === 0 ? await readTorrentPort(running) : torrentPort
  if (port === null) {
    return [
      bad('torrent port', 'the torrent client is down', 'read the log of the node, which starts it again by itself'),
    ]
  }
  const host = torrentHost ?? '127.0.0.1'
  // Who takes encrypted connections alone does not answer a plain handshake.
  const asked = encryption === 'require' ? null : infoHash
  return [await checkPeer(host, port, asked)]
}

async function readTorrentPort(running: Runtime): Promise<number | null> {
  const server = serverOf(running)
  if (server === null) return null
  const { status } = await askServer(server)<{
    readonly status: { readonly torrentClient: { readonly port: number | null } }
  }>('{ status { torrentClient { port } } }', {})
  return status.torrentClient.port
}

/** @see BEP 3: https://www.bittorrent.org/beps/bep_0003.html */
async function checkPeer(host: string, port: number, infoHash: string | null): Promise<Finding> {
  const where = `${host} port ${port}`
  const socket = connect({ host, port, signal: AbortSignal.timeout(ANSWER_MS) })
  try {
    await once(socket, 'connect')
    if (infoHash === null) return good('torrent port', `${where} takes connections; no torrent was asked for`)
    const hello = Buffer.concat([Buffer.from('\u0013BitTorrent protocol', 'latin1'), Buffer.alloc(8)])
    socket.write(Buffer.concat([hello, Buffer.from(infoHash, 'hex'), Buffer.from('-SB0000-seedbankdoct')]))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.includes(Buffer.from(infoHash, 'hex'))
      ? good('torrent port', `${where} answers the handshake for ${infoHash}`)
      : bad('torrent port', `${where} is no torrent client that serves ${infoHash}`, 'find out who has the port')
  } catch (fault) {
    const advice = 'compare torrent-host and torrent-port with those that the node was started with, and read its log'
    return bad('torrent port', `${where} does not answer: ${reasonOf(fault)}`, advice)
  } finally {
    socket.destroy()
  }
}

async function checkFree(check: string, host: string, port: number, setting: string): Promise<Finding> {
  if (port === 0) return good(check, 'a free one is chosen at start')
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return good(check, `${port} of ${host} is free`)
  } catch (fault) {
    return taken(check, fault, setting)
  } finally {
    server.close()
  }
}

async function checkUdpFree(address: string, port: number): Promise<Finding> {
  const socket = createSocket('udp4')
  try {
    socket.bind({ address, port, exclusive: true })
    await once(socket, 'listening')
    return good('torrent port', `UDP ${port} of ${address} is free`)
  } catch (fault) {
    return taken('torrent port', fault, 'torrent-port')
  } finally {
    socket.close()
  }
}

function taken(check: string, fault: unknown, setting: string): Finding {
  return bad(check, reasonOf(fault), `end who has it, or set ${setting} to another`)
}
