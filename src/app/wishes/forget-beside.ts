import type { CommandMeta } from '../../commands/command-meta.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Stores } from '../stores.ts'
import { removeWebhooksOf } from '../webhooks/reconcile-webhooks.ts'

type ForgetPorts = Pick<Stores, 'db' | 'execute' | 'messages' | 'tokens' | 'webhooks'>

/**
 * Deletes what is kept of a community that was purged beside the log, its files and its messages. What cannot be deleted
 * keeps nothing else from it.
 *
 * @param meta What the removal of its webhooks is recorded with.
 * @throws What failed first.
 */
export async function forgetBeside(ports: ForgetPorts, communityId: CommunityId, meta: CommandMeta): Promise<void> {
  const outcomes = await Promise.allSettled([
    ports.messages.imports.purge(communityId),
    ports.tokens.removeAll(communityId),
    removeWebhooksOf(communityId, ports, meta),
  ])
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
