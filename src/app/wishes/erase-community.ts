import { purgeCommunityFiles } from '../../archives/sweep/purge-files.ts'
import { identityOf, type CommunityId } from '../../domain/community-id.ts'
import { readCommunities } from '../../projections/communities.ts'
import type { Stores } from '../stores.ts'

type ErasePorts = Pick<Stores, 'archivesDir' | 'messages' | 'tokens' | 'webhooks' | 'keys'>

/** What came of it. */
export interface Erased {
  /** How many messages were deleted. */
  readonly messages: number
  /** What was thrown where something could not be deleted. */
  readonly failed: readonly unknown[]
}

/**
 * Deletes all that is kept of a community beside the log. What cannot be deleted keeps nothing else from it, and asking
 * again deletes the rest.
 */
export async function eraseCommunity(
  { archivesDir, messages, tokens, webhooks, keys }: ErasePorts,
  communityId: CommunityId,
): Promise<Erased> {
  const files = await purgeCommunityFiles(archivesDir, communityId)
  const [forgotten, ...secrets] = await Promise.allSettled([
    messages.forget(communityId),
    tokens.removeAll(communityId),
    (async () => webhooks.forget(communityId))(),
    // A foreign community has no key of its own: the node's signs for it, and for others.
    identityOf(communityId) === 'NATIVE' ? keys.discard(communityId) : undefined,
  ])
  const rejected = [forgotten, ...secrets].flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  )
  return { messages: forgotten.status === 'fulfilled' ? forgotten.value : 0, failed: [...files, ...rejected] }
}

/** Finishes what a process that died was forgetting. @returns What was thrown where something could not be deleted. */
export async function eraseForgotten(stores: ErasePorts & Pick<Stores, 'db'>): Promise<readonly unknown[]> {
  const forgotten = (await readCommunities(stores.db, {})).filter(({ forgottenAt }) => forgottenAt !== null)
  const failed: unknown[] = []
  for (const { communityId } of forgotten) failed.push(...(await eraseCommunity(stores, communityId)).failed)
  return failed
}
