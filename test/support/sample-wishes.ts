import { randomUUID } from 'node:crypto'
import type { CommandMeta } from '../../src/commands/command-meta.ts'
import type { AddCommunity, ChangeContentTopics, CreateArchive } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { CorrelationId } from '../../src/events/recorded-event.ts'
import { at, runId, TOPICS } from './community-facts.ts'

/** The n-th of many communities. Its id looks native, but nobody has the key. */
export function communityNumber(n: number): CommunityId {
  return `0x${n.toString(16).padStart(64, '0')}` as CommunityId
}

export function topicNumber(n: number): ContentTopic {
  return `0x${n.toString(16).padStart(8, '0')}` as ContentTopic
}

/** A wish of the operator's, without a key. */
export function metaOf(fields: Partial<CommandMeta> = {}): CommandMeta {
  const correlationId = randomUUID() as CorrelationId
  return { actor: 'local', correlationId, causationId: null, idempotency: null, ...fields }
}

/** A wish of the operator's that may be sent twice. */
export function metaWithKey(key: string, input: unknown = {}): CommandMeta {
  return metaOf({ idempotency: { key, input } })
}

export function addCommunity(communityId: CommunityId, fields: Partial<AddCommunity> = {}): AddCommunity {
  return {
    type: 'AddCommunity',
    communityId,
    role: 'CONTROL_NODE',
    contentTopics: TOPICS,
    archiving: false,
    ...fields,
  }
}

export function changeTopics(communityId: CommunityId, ...topics: readonly number[]): ChangeContentTopics {
  return { type: 'ChangeContentTopics', communityId, contentTopics: topics.map(topicNumber) }
}

/** Run n, over what is there up to now. */
export function createArchive(communityId: CommunityId, n: number): CreateArchive {
  return {
    type: 'CreateArchive',
    communityId,
    runId: runId(n),
    from: null,
    to: null,
    now: at(n),
    oldestMessageAt: at(0),
    protocolEnabled: true,
  }
}
