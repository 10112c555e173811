import { decodeStrictly, type WireReader } from '../../formats/wire-reader.ts'

/** `ProtocolMessage.encrypted_message`, a map by the receiving device. */
const ENCRYPTED_MESSAGE_FIELD = 101
/** The value of an entry of any map. */
const MAP_VALUE_FIELD = 2
/** `EncryptedMessageProtocol.HR_header`: which key of the community the payload is encrypted with. */
const HASH_RATCHET_HEADER_FIELD = 102
/** How many fields of a message are looked at: a real envelope has a handful, a hostile one as many as fit. */
const MAX_FIELDS = 256

/**
 * Whether bytes are the envelope in which existing members put what they encrypt with a community's hash ratchet, as
 * far as can be told without the key.
 *
 * An archive or index that decodes is none, whatever else is in it: so ask that first, as they do.
 *
 * @see status-go, protocol/encryption/protocol_message.proto
 */
export function isHashRatchetEnvelope(bytes: Uint8Array): boolean {
  const found = decodeStrictly(bytes, (envelope) =>
    someMessage(envelope, ENCRYPTED_MESSAGE_FIELD, (entry) =>
      someMessage(entry, MAP_VALUE_FIELD, (message) => someMessage(message, HASH_RATCHET_HEADER_FIELD, () => true)),
    ),
  )
  return found.ok && found.value
}

/** Whether one of the first messages in fields of this number matches. */
function someMessage(reader: WireReader, number: number, matches: (message: WireReader) => boolean): boolean {
  for (let fields = 0; fields < MAX_FIELDS; fields += 1) {
    const field = reader.next()
    if (field === null) return false
    if (field !== number) reader.skip()
    else if (matches(reader.repeatedMessage())) return true
  }
  return false
}
