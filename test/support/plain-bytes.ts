import type { Message } from '../../src/domain/message.ts'

/** The message with its byte fields in one class of byte array, so that equal bytes are equal. */
export function plainBytes(message: Message): Message {
  const { sig, payload, padding, hash } = message
  return {
    ...message,
    sig: new Uint8Array(sig),
    payload: new Uint8Array(payload),
    padding: new Uint8Array(padding),
    hash: new Uint8Array(hash),
  }
}
