import { createHash } from 'node:crypto'

/** The first second of the histories that `numberedMessage` makes. */
export const HISTORY_START = 1_700_000_000

/** The n-th message of a made-up history, a second after the one before, as the API's MessageInput has it. */
export function numberedMessage(topic: string, n: number, payloadBytes = 40): Readonly<Record<string, unknown>> {
  const hash = `0x${createHash('sha256').update(`message ${n}`).digest('hex')}`
  const payload = `0x${createHash('shake256', { outputLength: payloadBytes }).update(`payload ${n}`).digest('hex')}`
  return { timestamp: HISTORY_START + n, topic, payload, hash }
}

/** The same message as a line of JSON. */
export function messageLine(topic: string, n: number, payloadBytes = 40): string {
  return JSON.stringify(numberedMessage(topic, n, payloadBytes))
}
