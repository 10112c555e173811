import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { Message } from '../domain/message.ts'

const EMPTY = new Uint8Array()

/**
 * The protobuf encoding of a message: fields in field-number order, empty ones left out.
 *
 * Without a hash of its own, a message is told from others by the SHA-256 of these bytes, so they can
 * never change. They are also what an archive holds of the message.
 *
 * @see WakuMessage in 61/STATUS-Community-History-Service
 */
export function encodeMessage(message: Message): Uint8Array {
  const writer = new BinaryWriter()
  writeBytes(writer, 1, message.sig)
  if (message.timestamp > 0) writer.tag(2, WireType.Varint).uint32(message.timestamp)
  writeBytes(writer, 3, Buffer.from(message.topic.slice(2), 'hex'))
  writeBytes(writer, 4, message.payload)
  writeBytes(writer, 5, message.padding)
  writeBytes(writer, 6, message.hash)
  writeBytes(writer, 7, message.thirdPartyId === '' ? EMPTY : Buffer.from(message.thirdPartyId))
  return writer.finish()
}

/** The length of `encodeMessage(message)` in bytes, without encoding. */
export function encodedBytes(message: Message): number {
  return (
    fieldBytes(message.sig.length) +
    (message.timestamp > 0 ? 1 + varintBytes(message.timestamp) : 0) +
    fieldBytes(4) +
    fieldBytes(message.payload.length) +
    fieldBytes(message.padding.length) +
    fieldBytes(message.hash.length) +
    fieldBytes(message.thirdPartyId === '' ? 0 : Buffer.byteLength(message.thirdPartyId))
  )
}

function writeBytes(writer: BinaryWriter, field: number, bytes: Uint8Array): void {
  if (bytes.length > 0) writer.tag(field, WireType.LengthDelimited).bytes(bytes)
}

/** Tag, length and content of a field; nothing for an empty one. */
function fieldBytes(length: number): number {
  return length === 0 ? 0 : 1 + varintBytes(length) + length
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}
