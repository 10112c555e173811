import type { ApiClient } from './api-client.ts'

/** What is wished of a community; bytes as `0x` and hex, times in Unix seconds. */
export interface CommunityOf {
  readonly communityId: string
  readonly contentTopics: readonly string[]
}

const ADD = `mutation ($communityId: CommunityId, $contentTopics: [ContentTopic!]!) {
  answer: addCommunity(communityId: $communityId, role: CONTROL_NODE, contentTopics: $contentTopics, archiving: true) {
    ... on AddCommunityAccepted { community { communityId } }
    ... on Refusal { code }
  }
}`

const ARCHIVE = `mutation ($communityId: CommunityId!, $from: DateTime, $to: DateTime) {
  answer: createArchive(communityId: $communityId, from: $from, to: $to) {
    ... on CreateArchiveAccepted { runId }
    ... on Refusal { code message }
  }
}`

/** A run, as far as tests ask for it. */
export interface Run {
  readonly runId: string
  readonly status: 'RUNNING' | 'CREATED' | 'EMPTY' | 'FAILED'
}

/** Adds a community of which the node is the control node; one without an id is new. @returns Its id. */
export async function addCommunity(
  api: ApiClient,
  contentTopics: readonly string[],
  communityId: string | null = null,
): Promise<string> {
  const { answer } = await api.request<{ answer: { community?: { communityId: string }; code?: string } }>(ADD, {
    communityId,
    contentTopics,
  })
  if (answer.community === undefined) throw new Error(`addCommunity was refused: ${answer.code}`)
  return answer.community.communityId
}

/** Asks for an archive of [from, to), in Unix seconds; null for what the node would choose. @returns The run. */
export async function createArchive(
  api: ApiClient,
  communityId: string,
  range: { readonly from: number | null; readonly to: number | null } = { from: null, to: null },
): Promise<string> {
  const { answer } = await api.request<{ answer: { runId?: string; code?: string } }>(ARCHIVE, {
    communityId,
    from: dateTimeOf(range.from),
    to: dateTimeOf(range.to),
  })
  if (answer.runId === undefined) throw new Error(`createArchive was refused: ${answer.code}`)
  return answer.runId
}

function dateTimeOf(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString()
}
