import { setTimeout as sleep } from 'node:timers/promises'
import type { CommunityId } from '../../domain/community-id.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { EndedVerification, RunningVerification, StartedVerification } from '../../graphql/verifications.ts'
import { ServerLost, WishRefused, type AskServer } from '../ask-server.ts'

const START = `mutation Verify($communityId: CommunityId) {
  verifyArchives(communityId: $communityId) {
    __typename
    ... on VerifyArchivesAccepted { verifications { verificationId communityId } }
    ... on Refusal { message }
  }
}`

const FOLLOW = `query Verification($communityId: CommunityId!) {
  community(communityId: $communityId) {
    verification { verificationId stage checkedBytes totalBytes startedAt }
    lastVerification {
      verificationId startedAt endedAt
      versions {
        infoHash pieces code
        damage { ...Damaged }
        mended { part archiveId pieces source }
        remaining { ...Damaged }
      }
    }
  }
}
fragment Damaged on Damage { pieces { from to } pieceCount archives index torrentFile }`

interface StartAnswer {
  readonly verifyArchives: { readonly verifications?: readonly StartedVerification[]; readonly message?: string }
}

/** Times as texts. */
type Sent<Value> = Omit<Value, 'communityId' | 'startedAt' | 'endedAt'> & { readonly startedAt: string }

interface FollowAnswer {
  readonly community: {
    readonly verification: Sent<RunningVerification> | null
    readonly lastVerification: (Sent<EndedVerification> & { readonly endedAt: string }) | null
  } | null
}

/** Begins verifications on a server. @throws `WishRefused` or `ServerLost`. */
export async function startVerifications(
  ask: AskServer,
  communityId: CommunityId | null,
): Promise<readonly StartedVerification[]> {
  const { verifyArchives } = await ask<StartAnswer>(START, { communityId })
  if (verifyArchives.verifications !== undefined) return verifyArchives.verifications
  throw new WishRefused(verifyArchives.message ?? 'The server refused it')
}

/**
 * Waits for the end of a verification, and tells how far it is. One that ended later will do as well.
 *
 * @throws `ServerLost` also where the server knows nothing of it, as after a restart.
 */
export async function followVerification(
  ask: AskServer,
  { verificationId, communityId }: StartedVerification,
  onProgress: (running: RunningVerification) => void,
  lookEveryMs: number,
): Promise<EndedVerification> {
  for (;;) {
    const { community } = await ask<FollowAnswer>(FOLLOW, { communityId })
    const { verification = null, lastVerification: last = null } = community ?? {}
    // The ids are in the order of their making. One that was there before says nothing of this one, which then failed.
    if (
      last !== null &&
      (last.verificationId === verificationId || (verification === null && last.verificationId > verificationId))
    ) {
      return { ...last, communityId, startedAt: millisOf(last.startedAt), endedAt: millisOf(last.endedAt) }
    }
    if (verification === null) throw new ServerLost(`The server ended the verification of ${communityId}`)
    onProgress({ ...verification, communityId, startedAt: millisOf(verification.startedAt) })
    await sleep(lookEveryMs)
  }
}

function millisOf(text: string): UnixMillis {
  return Date.parse(text) as UnixMillis
}
