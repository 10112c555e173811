import { hash } from 'node:crypto'
import { announcementText, type Announcement, type LinkProof, type MagnetUri } from '../domain/magnet.ts'

/**
 * What proves a link that was verified, once nothing is kept of how it was written.
 *
 * @param recorded The link as it is recorded.
 */
export function linkProofOf(announcement: Announcement, recorded: MagnetUri): LinkProof {
  const { communityId, clock, magnetUri, publicKey, signature } = announcement
  const isSame = magnetUri === recorded
  const signedTextSha256 = isSame ? null : hash('sha256', announcementText(communityId, clock, magnetUri))
  return { publicKey, signature, signedTextSha256 }
}
