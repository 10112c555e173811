import { identityOf } from '../domain/community-id.ts'
import type { LinkRefusalCode } from '../domain/failure-codes.ts'
import { announcementText, type Announcement } from '../domain/magnet.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { isSignedBy } from './ed25519.ts'

/** Why an announcement proves nothing. */
export interface UnverifiedAnnouncement {
  readonly code: Extract<LinkRefusalCode, 'SIGNER_UNKNOWN' | 'SIGNATURE_INVALID'>
}

/**
 * Checks who signed an announcement. For a native community that is the key that its id is, and no other.
 *
 * @param pinnedKey The key of the node that may sign for a foreign community, 32 bytes in hex. Null: whoever signed, so
 *   that the caller can pin `announcement.publicKey`. Of no account for a native community.
 * @returns `SIGNER_UNKNOWN` where another key is named, and `SIGNATURE_INVALID` where the signature is not by that key.
 */
export function verifyAnnouncement(
  announcement: Announcement,
  pinnedKey: string | null,
): Result<null, UnverifiedAnnouncement> {
  const { communityId, clock, magnetUri, publicKey, signature } = announcement
  const expectedKey = identityOf(communityId) === 'NATIVE' ? communityId.slice('0x'.length) : pinnedKey
  if (expectedKey !== null && publicKey.toLowerCase() !== expectedKey) return err({ code: 'SIGNER_UNKNOWN' })
  const text = Buffer.from(announcementText(communityId, clock, magnetUri))
  const isSigned = isSignedBy(Buffer.from(publicKey, 'hex'), text, Buffer.from(signature, 'hex'))
  return isSigned ? ok(null) : err({ code: 'SIGNATURE_INVALID' })
}
