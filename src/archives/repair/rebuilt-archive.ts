import type { EncodedMessage } from '../../formats/message-encoding.ts'
import { encodeArchiveHead } from '../archive-encoding.ts'
import { DataWriter, type PieceOutput } from '../packing/data-writer.ts'
import { createMessageAppender, type AppendMessage } from '../packing/message-appender.ts'
import { sizeOf, type RecordedArchive } from './recorded-version.ts'

/** One archive that is encoded anew, as it was when it was packed. */
export class RebuiltArchive {
  readonly recorded: RecordedArchive
  readonly #writer: DataWriter
  readonly #append: AppendMessage
  #messages = 0

  /**
   * @param output Gets its pieces in order, padding included.
   * @param file What `output` gets with them.
   */
  constructor(recorded: RecordedArchive, output: PieceOutput, file: number, pieceBytes: number) {
    const { entry, contentTopics } = recorded
    this.recorded = recorded
    this.#writer = new DataWriter(output, file, entry.offset, pieceBytes, sizeOf(entry))
    this.#append = createMessageAppender((bytes) => this.#writer.write(bytes))
    this.#writer.write(encodeArchiveHead({ from: entry.from, to: entry.to, contentTopics }))
  }

  add(message: EncodedMessage): void {
    this.#append(message)
    this.#messages += 1
  }

  /** Whether it has as many messages as were recorded. */
  get isComplete(): boolean {
    return this.#messages === this.recorded.entry.messages
  }

  /** Ends it. @returns The SHA-1 of each of its pieces; null where its bytes are not those recorded. */
  finish(): Uint8Array | null {
    const { rawBytes, paddingBytes, sha256 } = this.#writer.endArchive()
    const pieceHashes = this.#writer.finish()
    const { entry } = this.recorded
    const isSame = sha256 === entry.sha256 && rawBytes === entry.rawBytes && paddingBytes === entry.paddingBytes
    return isSame ? pieceHashes : null
  }
}
