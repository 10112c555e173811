import type { ApiClient } from '../test/support/api-client.ts'
import type { SampleCommunity } from './sample-history.ts'

const ADD = `mutation ($contentTopics: [ContentTopic!]!) {
  addCommunity(role: CONTROL_NODE, contentTopics: $contentTopics, archiving: true) {
    ... on AddCommunityAccepted { community { communityId } }
    ... on Refusal { code message }
  }
}`

const JOIN = `mutation ($communityId: CommunityId!, $url: FollowUrl!) {
  addCommunity(communityId: $communityId, role: MEMBER, contentTopics: [], archiving: true) {
    ... on AddCommunityAccepted { community { communityId } }
    ... on Refusal { code message }
  }
  followNode(communityId: $communityId, url: $url) {
    ... on FollowNodeAccepted { community { communityId } }
    ... on Refusal { code message }
  }
}`

const RECORD = `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) {
    ... on RecordMessagesAccepted { recorded }
    ... on Refusal { code message }
  }
}`

const ARCHIVE = `mutation ($communityId: CommunityId!) {
  createArchive(communityId: $communityId) {
    ... on CreateArchiveAccepted { runId }
    ... on Refusal { code message }
  }
}`

type OrRefusal<Accepted> = Accepted | { readonly code: string; readonly message: string }

/** Adds a community that did not exist before. @returns Its id. @throws When it is refused. */
export async function addCommunity(api: ApiClient, { contentTopics }: SampleCommunity): Promise<string> {
  const answer = await api.request<{ addCommunity: OrRefusal<{ community: { communityId: string } }> }>(ADD, {
    contentTopics,
  })
  return accepted(answer.addCommunity).community.communityId
}

/**
 * Takes part in a community as a member, and listens to the node that tells of its archives.
 *
 * @param nodeUrl The base URL of that node's API, without a final slash.
 * @throws When it is refused.
 */
export async function joinCommunity(api: ApiClient, communityId: string, nodeUrl: string): Promise<void> {
  const url = `${nodeUrl.replace(/^http/, 'ws')}/graphql`
  const answer = await api.request<Record<'addCommunity' | 'followNode', OrRefusal<object>>>(JOIN, { communityId, url })
  accepted(answer.addCommunity)
  accepted(answer.followNode)
}

/** Records the messages, at most 1,000. @returns How many were new. @throws When they are refused. */
export async function record(api: ApiClient, communityId: string, { messages }: SampleCommunity): Promise<number> {
  const variables = { communityId, messages }
  const answer = await api.request<{ recordMessages: OrRefusal<{ recorded: number }> }>(RECORD, variables)
  return accepted(answer.recordMessages).recorded
}

/** Asks for an archive of all that was recorded. @throws When it is refused. */
export async function archive(api: ApiClient, communityId: string): Promise<void> {
  const answer = await api.request<{ createArchive: OrRefusal<{ runId: string }> }>(ARCHIVE, { communityId })
  accepted(answer.createArchive)
}

function accepted<Accepted extends object>(answer: OrRefusal<Accepted>): Accepted {
  if ('code' in answer) throw new Error(`Refused with ${answer.code}: ${answer.message}`)
  return answer
}
