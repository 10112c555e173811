import type { Message } from '../domain/message.ts'

/** Smaller fields are left to the garbage collector, which is quick with them. */
const FREED_BYTES = 65_536

/**
 * Frees the large fields of each message as soon as the next one is asked for.
 *
 * The garbage collector does not hurry with memory outside of its heap, and lets dozens of megabytes of them stand.
 *
 * @param messages Just read, and nobody else's: their large fields are empty afterwards.
 */
export function* freedMessages(messages: Iterable<Message>): Generator<Message, void> {
  for (const message of messages) {
    yield message
    for (const bytes of [message.sig, message.payload, message.padding, message.hash]) free(bytes)
  }
}

function free({ buffer, byteLength }: Uint8Array): void {
  const isAlone = byteLength === buffer.byteLength
  if (byteLength > FREED_BYTES && isAlone && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
