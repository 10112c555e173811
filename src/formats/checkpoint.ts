import { err, ok, type Result } from '../domain/result.ts'

/** What a node vouches for: the log as it was when it had `size` events. */
export interface Checkpoint {
  /** Names the log: `seedbank.` and its id, or its incarnation since it was last brought back from a back-up. */
  readonly origin: string
  /** How many events it covers: all up to this position. */
  readonly size: number
  /** The root of the Merkle tree over them, 32 bytes in hex. */
  readonly root: string
  /** The chain's link of the last of them, 32 bytes in hex. */
  readonly link: string
}

/** The text of a note is no checkpoint of a log of Seedbank. */
export interface CheckpointMalformed {
  readonly type: 'CheckpointMalformed'
}

const TEXT =
  /^(?<origin>seedbank\.[0-9a-f-]{36})\n(?<size>0|[1-9]\d{0,15})\n(?<root>[A-Za-z0-9+/]{43}=)\nlink (?<link>[0-9a-f]{64})\n$/

/** @param name The log's id, or its incarnation. */
export function originOf(name: string): string {
  return `seedbank.${name}`
}

/**
 * The text of a checkpoint: origin, decimal size, root in base64, and as an extension line `link` and the link in hex.
 *
 * @see https://c2sp.org/tlog-checkpoint
 */
export function formatCheckpoint({ origin, size, root, link }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\nlink ${link}\n`
}

/** Parses the text of a note. @returns `CheckpointMalformed`; never throws. */
export function parseCheckpoint(text: string): Result<Checkpoint, CheckpointMalformed> {
  const { origin, size, root, link } = TEXT.exec(text)?.groups ?? {}
  if (origin === undefined || size === undefined || root === undefined || link === undefined) return malformed()
  const checkpoint = { origin, size: Number(size), root: Buffer.from(root, 'base64').toString('hex'), link }
  // Other texts could say the same: of base64, whose last digit holds bits to spare, and of great numbers.
  return formatCheckpoint(checkpoint) === text ? ok(checkpoint) : malformed()
}

function malformed(): Result<never, CheckpointMalformed> {
  return err({ type: 'CheckpointMalformed' })
}
