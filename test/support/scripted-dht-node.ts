import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import bencode, { type Bencodable } from 'bencode'
import { onTestFinished } from 'vitest'
import { isDictionary, readBencode } from '../../src/formats/bencode-parser.ts'

/** What a node answers to a query of one kind: fields of its reply, an error, or null for silence. */
export type ScriptedAnswer =
  | { readonly reply: Readonly<Record<string, Bencodable>> }
  | { readonly error: readonly [code: number, text: string] }
  | null

/**
 * Starts a node of a distributed hash table that says whatever a test wants; to queries that are not in the script it
 * gives its id and a token alone.
 *
 * @returns Its address, through which others join.
 */
export async function startScriptedDhtNode(script: Readonly<Record<string, ScriptedAnswer>>): Promise<string> {
  const id = randomBytes(20)
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  socket.on('message', (packet, from) => {
    const { t, q } = queryOf(packet)
    const answer = script[q] === undefined ? { reply: {} } : script[q]
    if (answer === null || t === null) return
    const said =
      'reply' in answer ? { y: 'r', r: { id, token: 'token', ...answer.reply } } : { y: 'e', e: answer.error }
    socket.send(bencode.encode({ t, ...said }), from.port, from.address)
  })
  return `127.0.0.1:${socket.address().port}`
}

function queryOf(packet: Uint8Array): { readonly t: Uint8Array | null; readonly q: string } {
  const value = readBencode(packet)?.value
  const entries = isDictionary(value) ? value.entries : new Map<string, unknown>()
  const [t, q] = [entries.get('t'), entries.get('q')]
  return { t: t instanceof Uint8Array ? t : null, q: q instanceof Uint8Array ? Buffer.from(q).toString() : '' }
}
