import { WireType } from '@bufbuild/protobuf/wire'
import type { EncodedMessage } from '../../formats/message-encoding.ts'
import { writeVarint } from '../../formats/varint.ts'

/** The field of WakuMessageArchive that holds its messages. */
export const ARCHIVE_MESSAGES_FIELD = 3

const TAG = (ARCHIVE_MESSAGES_FIELD << 3) | WireType.LengthDelimited

/** Appends one message to an archive. */
export type AppendMessage = (message: EncodedMessage) => void

/**
 * Writes messages one after the other as elements of a WakuMessageArchive, each with its tag and length.
 *
 * @param emit Gets the bytes in order, and uses or copies them at once: those of tag and length are written again.
 */
export function createMessageAppender(emit: (bytes: Uint8Array) => void): AppendMessage {
  // A tag, and the longest varint of 32 bits.
  const head = new Uint8Array(6)
  head[0] = TAG
  return ({ bytes }) => {
    emit(head.subarray(0, writeVarint(head, 1, bytes.length)))
    emit(bytes)
  }
}
