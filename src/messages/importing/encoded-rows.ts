import { decodeMessage, type EncodedMessage } from '../../formats/message-encoding.ts'
import { rowOf, type MessageRow } from '../message-row.ts'

/**
 * The rows of messages out of an archive. Whoever wrote it, they are encoded anew, as what is recorded here is: a
 * message without a hash is told by its encoding.
 *
 * @throws When one of them does not decode: whoever read the archive looked at them before.
 */
export function rowsOf(messages: readonly EncodedMessage[]): readonly MessageRow[] {
  return messages.map(({ bytes }) => {
    const message = decodeMessage(bytes)
    if (!message.ok) throw new Error(`Cannot import a message of ${bytes.length} bytes: ${message.error.type}`)
    return rowOf(message.value)
  })
}
