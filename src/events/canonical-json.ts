/**
 * Encodes a value as canonical JSON (RFC 8785), so that equal values have equal bytes.
 *
 * Covers what events and commands are made of: null, booleans, safe integers, well-formed strings,
 * arrays and plain objects. Members that are `undefined` are left out, as JSON does.
 *
 * @throws For anything else: a fraction, an integer beyond 2^53 − 1, a lone surrogate, a class instance.
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      // SQLite stores a lone surrogate as another character, so the text read back would differ.
      if (!value.isWellFormed()) throw new TypeError('Cannot encode a string with a lone surrogate')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isSafeInteger(value)) throw new TypeError(`Cannot encode ${value}: not a safe integer`)
      return String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return value === null ? 'null' : canonicalContainer(value)
    default:
      throw new TypeError(`Cannot encode a ${typeof value} as canonical JSON`)
  }
}

function canonicalContainer(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`Cannot encode a ${value.constructor.name} as canonical JSON`)
  }
  let members = ''
  const record = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(value).sort()) {
    const member = record[key]
    if (member !== undefined) members += `${members && ','}${canonicalJson(key)}:${canonicalJson(member)}`
  }
  return `{${members}}`
}
