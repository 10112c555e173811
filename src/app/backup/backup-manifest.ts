import { err, ok, type Result } from '../../domain/result.ts'

/** What a back-up says of itself, in its first member. */
export interface BackupManifest {
  readonly format: 'seedbank-backup'
  readonly version: 1
  /** The release of the program that wrote it. */
  readonly program: string
  /** RFC 3339, UTC. */
  readonly createdAt: string
  readonly logId: string
  /** The newest event that is in it, and the chain's link of it, 32 bytes in hex. */
  readonly head: { readonly position: number; readonly link: string }
  /** Whether private keys, tokens and webhooks are in it: then who has the file can sign as the community. */
  readonly hasKeys: boolean
  /** All other members, in their order. */
  readonly members: readonly BackupMember[]
}

/** A file in a back-up. */
export interface BackupMember {
  /** Its path in the data directory, with `/`. */
  readonly name: string
  readonly bytes: number
  /** In hex. */
  readonly sha256: string
}

export const MANIFEST_NAME = 'manifest.json'
/** The last member: the SHA-256 of the first, in hex, as nothing else tells of a change to that. */
export const MANIFEST_DIGEST_NAME = 'manifest.sha256'
export const LOG_NAME = 'seedbank.db'
export const MESSAGES_NAME = 'messages.db'
/** Who is told, and the secrets for it: with the keys alone. */
export const WEBHOOKS_NAME = 'webhooks.db'

/** Nothing else is ever written to a data directory: no path that leads out of it, and nothing that is not kept there. */
const MEMBER = /^(?:seedbank\.db|messages\.db|webhooks\.db|keys(?:\/[0-9A-Za-z][0-9A-Za-z._-]*)+)$/
const DIGEST = /^[0-9a-f]{64}$/

/** @returns Refused with what is wrong with it, for the operator. */
export function parseManifest(text: string): Result<BackupManifest, string> {
  const parsed = parseJson(text)
  if (!isObject(parsed) || parsed['format'] !== 'seedbank-backup') return err('it is no back-up of Seedbank')
  if (parsed['version'] !== 1) return err(`its format is version ${String(parsed['version'])}, this program knows 1`)
  const { program, createdAt, logId, head, hasKeys, members } = parsed
  const isWhole =
    [program, logId].every((value) => typeof value === 'string') &&
    isTime(createdAt) &&
    isObject(head) &&
    isCount(head['position']) &&
    isDigest(head['link']) &&
    typeof hasKeys === 'boolean' &&
    Array.isArray(members) &&
    members.every(isMember) &&
    hasBoth(members)
  return isWhole ? ok(parsed as unknown as BackupManifest) : err(`its ${MANIFEST_NAME} is not what Seedbank writes`)
}

/** Each name once, and the two without which nothing can be brought back. */
function hasBoth(members: readonly BackupMember[]): boolean {
  const names = new Set(members.map(({ name }) => name))
  return names.size === members.length && names.has(LOG_NAME) && names.has(MESSAGES_NAME)
}

function isMember(value: unknown): value is BackupMember {
  return (
    isObject(value) &&
    typeof value['name'] === 'string' &&
    MEMBER.test(value['name']) &&
    isCount(value['bytes']) &&
    isDigest(value['sha256'])
  )
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

/** The clock of what is brought back is told from it. */
function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && DIGEST.test(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is no JSON is no manifest, which is what the caller says.
    return null
  }
}
