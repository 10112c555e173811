import type { CommunityId } from '../domain/community-id.ts'
import type { Announcement, Clock, MagnetUri } from '../domain/magnet.ts'
import { MAX_MAGNET_LENGTH } from '../domain/parse-magnet.ts'

/** A link as another node told it: the shape is right, nothing else was checked. */
export interface FollowedLink {
  readonly announcement: Announcement
  /** Where to go on behind it. */
  readonly cursor: string
}

/** It is recorded: no more than the signs that nodes make them of, so that no text is told by it. */
const CURSOR = /^[\w:-]{1,128}$/

/** What is asked of another node. */
export const LINKS = `subscription ($communityId: CommunityId!, $after: String!) {
  magnetlinks(communityId: $communityId, after: $after) { cursor communityId clock magnetUri publicKey signature }
}`

/** Reads the data of one answer to `LINKS`; null where it is none, or about another community. */
export function readLink(data: unknown, followed: CommunityId): FollowedLink | null {
  const { cursor, communityId, clock, magnetUri, publicKey, signature } = fieldsOf(fieldsOf(data)['magnetlinks'])
  if (communityId !== followed || !isClock(clock)) return null
  if (typeof cursor !== 'string' || !CURSOR.test(cursor) || !isText(magnetUri, MAX_MAGNET_LENGTH)) return null
  if (!isHex(publicKey, 32) || !isHex(signature, 64)) return null
  const link = { communityId: followed, clock: Number(clock) as Clock, magnetUri: magnetUri as MagnetUri }
  return { cursor, announcement: { ...link, publicKey, signature } }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function isClock(value: unknown): value is string {
  return typeof value === 'string' && /^(?:0|[1-9]\d{0,15})$/.test(value) && Number.isSafeInteger(Number(value))
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxLength
}

function isHex(value: unknown, bytes: number): value is string {
  return typeof value === 'string' && value.length === bytes * 2 && /^[0-9a-f]*$/.test(value)
}
