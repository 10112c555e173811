import { createHash } from 'node:crypto'

/** A community of the demo, and what was said in it. */
export interface SampleCommunity {
  readonly name: string
  readonly contentTopics: readonly string[]
  readonly messages: readonly SampleMessage[]
}

/** In the form of the API's MessageInput. */
export interface SampleMessage {
  readonly timestamp: number
  readonly topic: string
  readonly payload: string
  readonly sig: string
  readonly hash: string
}

const WEEK_SECONDS = 604_800

/**
 * A made-up history: three weeks until now, some messages a day.
 *
 * @param now Unix seconds.
 * @param payloadBytes How long each message is.
 */
export function sampleCommunity(
  name: string,
  now: number,
  messageCount: number,
  payloadBytes: number,
): SampleCommunity {
  const contentTopics = ['general', 'gardening', 'off-topic'].map((channel) => hex(`${name}/${channel}`, 4))
  const start = now - 3 * WEEK_SECONDS
  const messages = Array.from({ length: messageCount }, (_, index) => {
    const seed = `${name} ${index}`
    return {
      timestamp: start + Math.floor((index * 3 * WEEK_SECONDS) / messageCount),
      topic: contentTopics[index % contentTopics.length] ?? '',
      payload: hex(seed, payloadBytes),
      sig: hex(`sig ${seed}`, 65),
      hash: hex(`hash ${seed}`, 32),
    }
  })
  return { name, contentTopics, messages }
}

/** Bytes that follow from the seed, as `0x` and hex. */
function hex(seed: string, bytes: number): string {
  return `0x${createHash('shake256', { outputLength: bytes }).update(seed).digest('hex')}`
}
