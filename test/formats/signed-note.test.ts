import fc from 'fast-check'
import { generateKeyPairSync, hash, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatCheckpoint, originOf, parseCheckpoint } from '../../src/formats/checkpoint.ts'
import {
  formatNoteKey,
  formatSignedNote,
  noteKeyId,
  parseNoteKey,
  parseSignedNote,
  verifyNote,
  type NoteKey,
} from '../../src/formats/signed-note.ts'
import { FUZZ_RUNS } from '../support/fuzz-runs.ts'
import { valueOf } from '../support/value-of.ts'

/** Made by another program, in another language, from the two specifications. The key's seed is the bytes 0 to 31. */
const FIXTURES = join(import.meta.dirname, '../fixtures/checkpoint')
const GOLDEN = readFileSync(join(FIXTURES, 'note'), 'utf8')
const GOLDEN_KEY = readFileSync(join(FIXTURES, 'key'), 'utf8').trim()

/** The example of the Go package that the format comes from (golang.org/x/mod/sumdb/note). */
const EXAMPLE_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const EXAMPLE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`

function keyOf(text: string): NoteKey {
  const key = parseNoteKey(text)
  if (key === null) throw new Error(`${text} is no key`)
  return key
}

function verdictOf(note: string, key: NoteKey): string {
  const parsed = parseSignedNote(note)
  if (!parsed.ok) return parsed.error.reason
  const verified = verifyNote(parsed.value, key)
  return verified.ok ? 'SIGNED' : verified.error.type
}

describe('a signed note', () => {
  test.each([
    ['of the package that the format comes from', EXAMPLE, EXAMPLE_KEY],
    ['of another program', GOLDEN, GOLDEN_KEY],
  ])('%s is signed by its key, and by no other', (_whose, note, keyText) => {
    const key = keyOf(keyText)
    expect(verdictOf(note, key)).toBe('SIGNED')
    expect(formatNoteKey(key)).toBe(keyText)
    expect(keyText).toContain(`+${noteKeyId(key)}+`)
    expect(verdictOf(note, { ...key, name: 'another' })).toBe('SignerUnknown')
    expect(verdictOf(note, { ...key, publicKey: Buffer.alloc(32, 7) })).toBe('SignerUnknown')
  })

  test('is not believed where its text or its signature was changed', () => {
    const key = keyOf(EXAMPLE_KEY)
    expect(verdictOf(EXAMPLE.replace('problem is', 'problem was'), key)).toBe('SignatureInvalid')
    expect(verdictOf(EXAMPLE.replace('BwJnAM', 'BwJnBM'), key)).toBe('SignatureInvalid')
    const twice = `${EXAMPLE}${EXAMPLE.split('\n').at(-2)?.replace('BwJnAM', 'BwJnBM')}\n`
    expect(verdictOf(twice, key)).toBe('SignatureInvalid')
  })

  test('may be signed by others, too', () => {
    const witness = '— witness.example/w AAAAAQID\n'
    expect(verdictOf(EXAMPLE + witness, keyOf(EXAMPLE_KEY))).toBe('SIGNED')
    expect(verdictOf(EXAMPLE.replace(/— Peter.*\n/, witness), keyOf(EXAMPLE_KEY))).toBe('SignerUnknown')
  })

  test.each([
    ['NO_SIGNATURE', ''],
    ['NO_SIGNATURE', 'text\n'],
    ['NO_SIGNATURE', 'text\n\n'],
    ['NO_SIGNATURE', EXAMPLE.slice(0, -1)],
    ['BAD_TEXT', EXAMPLE.replace('\n', '\r\n')],
    ['BAD_TEXT', `\ud800${EXAMPLE}`],
    ['BAD_SIGNATURE_LINE', EXAMPLE.replace('—', '-')],
    ['BAD_SIGNATURE_LINE', EXAMPLE.replace('PeterNeumann', 'Peter+Neumann')],
    ['BAD_SIGNATURE_LINE', EXAMPLE.replace('PeterNeumann', 'Peter\u00a0Neumann')],
    ['BAD_SIGNATURE_LINE', 'text\n\n— name AAAAAA==\n'], // No signature behind the key id.
    ['BAD_SIGNATURE_LINE', 'text\n\n— name AAAAAAF=\n'], // Bits to spare that are not zero.
    ['TOO_LONG', `${'a'.repeat(65_536)}\n\n— name AAAAAAA=\n`],
  ])('is refused by name: %s', (reason, note) => {
    expect(parseSignedNote(note)).toEqual({ ok: false, error: { type: 'NoteMalformed', reason } })
  })

  test.each(['', 'name', 'name+00000000+AQ==', `${EXAMPLE_KEY}=`, EXAMPLE_KEY.replace('c74f', 'c74e')])(
    'has no key %s',
    (text) => expect(parseNoteKey(text)).toBeNull(),
  )
})

describe('a checkpoint', () => {
  const origin = originOf('00000000-0000-4000-8000-000000000000')
  const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))
  const checkpoints = fc.record({
    origin: fc.uuid().map(originOf),
    size: fc.maxSafeNat(),
    root: hex32,
    link: hex32,
  })

  test('of another program is read, and written alike', () => {
    const { text } = valueOf(parseSignedNote(GOLDEN))
    const checkpoint = valueOf(parseCheckpoint(text))
    expect(checkpoint).toEqual({
      origin,
      size: 20_852_163,
      root: hash('sha256', 'root'),
      link: hash('sha256', 'link'),
    })
    expect(formatCheckpoint(checkpoint)).toBe(text)
  })

  test('is read as it was signed', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        const text = formatCheckpoint(checkpoint)
        const key = { name: checkpoint.origin, publicKey: raw }
        const note = formatSignedNote(text, key, sign(null, Buffer.from(text), privateKey))
        expect(verdictOf(note, key)).toBe('SIGNED')
        expect(parseCheckpoint(valueOf(parseSignedNote(note)).text)).toEqual({ ok: true, value: checkpoint })
        expect(parseNoteKey(formatNoteKey(key))).toEqual(key)
      }),
    )
  })

  test.each([
    ['another origin', GOLDEN.replace('seedbank.', 'seedbank/')],
    ['a leading zero', GOLDEN.replace('20852163', '020852163')],
    ['a size beyond what is counted', GOLDEN.replace('20852163', '9999999999999999')],
    ['no link', GOLDEN.replace(/link .*\n/, '')],
    ['two links', GOLDEN.replace(/(link .*\n)/, '$1$1')],
    ['bits to spare in its root', GOLDEN.replace('d7I=', 'd7J=')],
  ])('is refused with %s', (_what, note) => {
    expect(note).not.toBe(GOLDEN)
    expect(parseCheckpoint(valueOf(parseSignedNote(note)).text)).toEqual({
      ok: false,
      error: { type: 'CheckpointMalformed' },
    })
  })

  test('that somebody went at is refused by name, or not signed', () => {
    const key = keyOf(GOLDEN_KEY)
    const bytes = Buffer.from(GOLDEN)
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    const cut = fc.nat(bytes.length)
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.tuple(changes, cut)), (hostile) => {
        const note = typeof hostile === 'string' ? hostile : changed(bytes, ...hostile)
        const verdict = verdictOf(note, key)
        const named = /^(NO_SIGNATURE|BAD_TEXT|BAD_SIGNATURE_LINE|SignerUnknown|SignatureInvalid)$/
        if (note !== GOLDEN) expect(verdict).toMatch(named)
        expect(parseCheckpoint(note)).toEqual({ ok: false, error: { type: 'CheckpointMalformed' } })
      }),
      { numRuns: FUZZ_RUNS },
    )
  })
})

function changed(bytes: Uint8Array, changes: readonly (readonly [number, number])[], cut: number): string {
  const copy = Buffer.from(bytes)
  for (const [at, byte] of changes) copy[at] = byte
  return copy.toString('utf8', 0, cut % 3 === 0 ? cut : copy.length)
}
