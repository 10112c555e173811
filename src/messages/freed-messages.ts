import type { EncodedMessage } from '../formats/message-encoding.ts'

/** Smaller messages are left to the garbage collector, which is quick with them. */
const FREED_BYTES = 65_536

/**
 * Frees each large message as soon as the next one is asked for.
 *
 * The garbage collector does not hurry with memory outside of its heap, and lets dozens of megabytes of them stand.
 *
 * @param messages Just read, and nobody else's: the large ones are empty afterwards.
 */
export function* freedMessages(messages: Iterable<EncodedMessage>): Generator<EncodedMessage, void> {
  for (const message of messages) {
    yield message
    free(message.bytes)
  }
}

function free({ buffer, byteLength }: Uint8Array): void {
  const isAlone = byteLength === buffer.byteLength
  if (byteLength > FREED_BYTES && isAlone && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
