import { hash } from 'node:crypto'
import { err, ok, type Result } from '../domain/result.ts'
import { isSignedBy } from './ed25519.ts'

/** A text, and who signed it: what can be kept in a file of its own, and read by other programs. */
export interface SignedNote {
  /** Ends in a newline. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

export interface NoteSignature {
  /** Of the key: what its owner calls it. */
  readonly name: string
  /** 4 bytes in hex, which tell keys of one name apart. */
  readonly keyId: string
  readonly signature: Uint8Array
}

/** A public key that notes are checked against, and the name under which it signs. */
export interface NoteKey {
  readonly name: string
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

/** What was read is no signed note. */
export interface NoteMalformed {
  readonly type: 'NoteMalformed'
  readonly reason: 'TOO_LONG' | 'BAD_TEXT' | 'NO_SIGNATURE' | 'BAD_SIGNATURE_LINE'
}

/** A note is not signed by the key: by others alone, or falsely in its name. */
export interface NoteUnverified {
  readonly type: 'SignerUnknown' | 'SignatureInvalid'
}

const MAX_NOTE_LENGTH = 65_536
const ED25519 = 0x01
const KEY_ID_BYTES = 4
const SIGNATURE_LINE = /^— ([^\p{White_Space}+]+) ([A-Za-z0-9+/]+={0,2})$/u
// Control characters, the newline aside.
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f]/

/**
 * Parses a note. Who reads the text has to check who signed it first.
 *
 * @returns `NoteMalformed`; never throws.
 * @see https://c2sp.org/signed-note
 */
export function parseSignedNote(note: string): Result<SignedNote, NoteMalformed> {
  if (note.length > MAX_NOTE_LENGTH) return malformed('TOO_LONG')
  if (!note.isWellFormed() || FORBIDDEN.test(note)) return malformed('BAD_TEXT')
  const end = note.lastIndexOf('\n\n')
  if (end === -1 || !note.endsWith('\n')) return malformed('NO_SIGNATURE')
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length === 1 && lines[0] === '') return malformed('NO_SIGNATURE')
  const signatures = lines.map(parseSignatureLine)
  return signatures.every((each) => each !== null)
    ? ok({ text: note.slice(0, end + 1), signatures })
    : malformed('BAD_SIGNATURE_LINE')
}

/** The note with one signature. `name` must be free of white space and plus signs, and `text` end in a newline. */
export function formatSignedNote(text: string, { name, publicKey }: NoteKey, signature: Uint8Array): string {
  const signed = Buffer.concat([Buffer.from(noteKeyId({ name, publicKey }), 'hex'), signature])
  return `${text}\n— ${name} ${signed.toString('base64')}\n`
}

/** Checks that the key signed the note. Signatures of other keys, such as of witnesses, are of no account. */
export function verifyNote({ text, signatures }: SignedNote, key: NoteKey): Result<null, NoteUnverified> {
  const keyId = noteKeyId(key)
  const own = signatures.filter((each) => each.name === key.name && each.keyId === keyId)
  if (own.length === 0) return err({ type: 'SignerUnknown' })
  const isSigned = own.every(({ signature }) => isSignedBy(key.publicKey, Buffer.from(text), signature))
  return isSigned ? ok(null) : err({ type: 'SignatureInvalid' })
}

/** SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), the first 4 bytes in hex. */
export function noteKeyId({ name, publicKey }: NoteKey): string {
  const key = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), publicKey])
  return hash('sha256', key, 'hex').slice(0, 2 * KEY_ID_BYTES)
}

/**
 * A key in the one line in which tools for signed notes take it.
 *
 * @example formatNoteKey({ name: 'example.com/log', publicKey }) // 'example.com/log+1a2b3c4d+AQ…'
 * @see https://pkg.go.dev/golang.org/x/mod/sumdb/note#NewVerifier
 */
export function formatNoteKey(key: NoteKey): string {
  return `${key.name}+${noteKeyId(key)}+${Buffer.of(ED25519, ...key.publicKey).toString('base64')}`
}

/** @returns Null for anything that `formatNoteKey` would not write. */
export function parseNoteKey(text: string): NoteKey | null {
  const [, name, encoded] = /^([^\p{White_Space}+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]+={0,2})$/u.exec(text) ?? []
  if (name === undefined || encoded === undefined) return null
  const key = { name, publicKey: Buffer.from(encoded, 'base64').subarray(1) }
  return key.publicKey.length === 32 && formatNoteKey(key) === text ? key : null
}

function parseSignatureLine(line: string): NoteSignature | null {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? []
  if (name === undefined || encoded === undefined) return null
  const bytes = Buffer.from(encoded, 'base64')
  // Encoding is checked too, as Node skips over what is not base64.
  if (bytes.length <= KEY_ID_BYTES || bytes.toString('base64') !== encoded) return null
  return { name, keyId: bytes.toString('hex', 0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) }
}

function malformed(reason: NoteMalformed['reason']): Result<never, NoteMalformed> {
  return err({ type: 'NoteMalformed', reason })
}
