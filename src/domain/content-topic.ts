import type { Brand } from './brand.ts'
import { err, ok, type Result } from './result.ts'

/** The channel of a message on the wire: 4 bytes as `0x` and 8 lower-case hex digits. */
export type ContentTopic = Brand<string, 'ContentTopic'>

/** How many content topics one community can have. Each archive repeats them all. */
export const MAX_CONTENT_TOPICS = 1024

export interface InvalidContentTopic {
  readonly type: 'InvalidContentTopic'
  readonly text: string
}

/**
 * Parses a content topic.
 *
 * @param text `0x` and 8 hex digits (4 bytes), in either case.
 * @returns The topic in lower case; `InvalidContentTopic` for any other shape. Never throws.
 */
export function parseContentTopic(text: string): Result<ContentTopic, InvalidContentTopic> {
  return /^0x[0-9a-f]{8}$/i.test(text)
    ? ok(text.toLowerCase() as ContentTopic)
    : err({ type: 'InvalidContentTopic', text })
}
