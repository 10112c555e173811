import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'

/** The topic of a message that does not say otherwise. */
export const SAMPLE_TOPIC = '0x00c0ffee' as ContentTopic

/** A message of a few bytes, with what matters to a test put in its place. */
export function sampleMessage(fields: Partial<Message> = {}): Message {
  return {
    sig: new Uint8Array(),
    timestamp: 1_700_000_000 as UnixSeconds,
    topic: SAMPLE_TOPIC,
    payload: new Uint8Array([1, 2, 3]),
    padding: new Uint8Array(),
    hash: new Uint8Array(),
    thirdPartyId: '',
    ...fields,
  }
}

/** Messages that differ in their payload alone, numbered from 0. */
export function sampleMessages(count: number, fields: Partial<Message> = {}): readonly Message[] {
  return Array.from({ length: count }, (_, index) =>
    sampleMessage({ ...fields, payload: Buffer.from(`number ${index}`) }),
  )
}
