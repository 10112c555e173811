/** How deep arrays and objects of a request may stand in one another: the input types of the schema need six. */
export const MAX_JSON_DEPTH = 50

/** How many values may stand in a request: a thousand messages have some ten thousand. */
export const MAX_JSON_VALUES = 200_000

/** Why a text is not even parsed. */
export type JsonFault = 'JSON_TOO_DEEP' | 'JSON_TOO_MANY_VALUES'

/** What clients are told of it. */
export const JSON_FAULTS: Readonly<Record<JsonFault, string>> = {
  JSON_TOO_DEEP: `Arrays and objects of a request may stand ${MAX_JSON_DEPTH} deep in one another.`,
  JSON_TOO_MANY_VALUES: `A request may have ${MAX_JSON_VALUES} values. Send fewer at a time.`,
}

/** Looks at JSON while it comes in. */
export interface JsonOutline {
  /** Reads on. @returns What is too much, as soon as it is; whether the text is JSON at all, the parser says. */
  readonly read: (bytes: Uint8Array) => JsonFault | null
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What each byte outside of strings means: a table, as 64 MiB of them may come in. */
const KINDS = new Uint8Array(256)
const [STRING, OPENING, CLOSING, COMMA] = [1, 2, 3, 4]
KINDS[QUOTE] = STRING
for (const [sign, kind] of [
  ['[', OPENING],
  ['{', OPENING],
  [']', CLOSING],
  ['}', CLOSING],
  [',', COMMA],
] as const) {
  KINDS[sign.charCodeAt(0)] = kind
}

/**
 * Counts depth and values of a JSON text in one pass, without recursion and without keeping any of it.
 *
 * A parsed value takes fifty times the bytes that a bracket does. Bytes of UTF-8 beyond ASCII are none of those looked for.
 */
export function createJsonOutline(): JsonOutline {
  let depth = 0
  let values = 0
  let string: StringState = 'OUTSIDE'

  function read(bytes: Uint8Array): JsonFault | null {
    for (let at = 0; at < bytes.length; at += 1) {
      const kind = string === 'OUTSIDE' ? (KINDS[bytes[at] ?? 0] ?? 0) : STRING
      if (kind === 0) continue
      if (kind === STRING) {
        const from = string === 'OUTSIDE' ? at + 1 : at
        ;[at, string] = skipString(bytes, from, string === 'ESCAPED')
        continue
      }
      if (kind === OPENING) depth += 1
      else if (kind === CLOSING) depth -= 1
      if (kind !== CLOSING) values += 1
      if (depth > MAX_JSON_DEPTH) return 'JSON_TOO_DEEP'
      if (values > MAX_JSON_VALUES) return 'JSON_TOO_MANY_VALUES'
    }
    return null
  }

  return { read }
}

/** ESCAPED: in a string, behind a backslash. */
type StringState = 'OUTSIDE' | 'INSIDE' | 'ESCAPED'

/** @returns Where the string ends that is open at `from`, or the end of the bytes, and what is true there. */
function skipString(bytes: Uint8Array, from: number, isEscaped: boolean): readonly [end: number, state: StringState] {
  if (from >= bytes.length) return [bytes.length, 'INSIDE']
  let at = isEscaped ? from + 1 : from
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at)
    const end = quote === -1 ? bytes.length : quote
    let slashes = 0
    while (end - slashes > at && bytes[end - slashes - 1] === BACKSLASH) slashes += 1
    const endsEscaped = slashes % 2 === 1
    if (quote === -1) return [end, endsEscaped ? 'ESCAPED' : 'INSIDE']
    if (!endsEscaped) return [end, 'OUTSIDE']
    at = end + 1
  }
}
