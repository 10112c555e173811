import { isUtf8 } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import type { Message } from '../domain/message.ts'
import { err, type Result } from '../domain/result.ts'
import { parseMessageJson, type MessageRejection } from './parse-message.ts'
import { splitLines } from './split-lines.ts'

/** Why a line of a file is not recorded: not a line of text, or not a message. */
export type LineRejection =
  MessageRejection | { readonly code: 'LINE_TOO_LONG' | 'INVALID_UTF8'; readonly field: null; readonly message: string }

/** A line that was to be a message. */
export interface NdjsonLine {
  /** 1 for the first line of the file, empty ones counted. */
  readonly line: number
  /** How many bytes of the file end with this line. */
  readonly bytesRead: number
  readonly result: Result<Message, LineRejection>
}

/**
 * The longest line that is read, in bytes: the hex of the largest message, and room for names and quotes.
 *
 * @see MAX_MESSAGE_BYTES
 */
export const MAX_LINE_BYTES = 67_108_864

/**
 * Reads messages from a file of newline-delimited JSON, from its beginning, in constant memory.
 *
 * Lines end in LF or CRLF, the last may end in neither. Blank lines and a byte order mark are skipped.
 *
 * @param file Open for reading; it stays open.
 * @throws When the file cannot be read.
 */
export async function* readNdjson(file: FileHandle): AsyncGenerator<NdjsonLine, void> {
  for await (const lines of splitLines(file, MAX_LINE_BYTES)) {
    for (const { line, end, bytes } of lines) {
      if (bytes === null) {
        yield { line, bytesRead: end, result: refuse('LINE_TOO_LONG', `The line is over ${MAX_LINE_BYTES} bytes`) }
      } else if (!isUtf8(bytes)) {
        yield { line, bytesRead: end, result: refuse('INVALID_UTF8', 'The line is not UTF-8') }
      } else {
        const text = bytes.toString('utf8')
        if (!BLANK.test(text)) yield { line, bytesRead: end, result: parseMessageJson(withoutMark(text)) }
      }
    }
  }
}

const BLANK = /^\uFEFF?[ \t\r]*$/

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function refuse(code: 'LINE_TOO_LONG' | 'INVALID_UTF8', message: string): Result<never, LineRejection> {
  return err({ code, field: null, message })
}
