import type { KnownCommunity } from '../domain/community.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import type { BatchLimits, BatchOutcome, RecordBatch } from '../messages/record-ndjson.ts'

/** The server refused the wish; its message says why. */
export class RecordingRefused extends Error {
  override readonly name = 'RecordingRefused'
}

/** The server was not there, or ended before it answered. */
export class ServerLost extends Error {
  override readonly name = 'ServerLost'
}

/** A batch that a server reads in a few milliseconds, so that it answers its other clients in between. */
export const SERVER_LIMITS: BatchLimits = { messages: 200, bytes: 524_288 }

/** A node's API, as far as recording needs it. */
export interface RecordingServer {
  /** How the community stands with the node; null when it does not know it. @throws `ServerLost` */
  readonly readStatus: () => Promise<KnownCommunity['status'] | null>
  /** @throws `RecordingRefused` or `ServerLost`. What was recorded until then stays. */
  readonly record: RecordBatch
}

const STATUS = `query Status($communityId: CommunityId!) { community(communityId: $communityId) { status } }`

const RECORD = `mutation Record($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) {
    __typename
    ... on RecordMessagesAccepted { recorded duplicates rejected { index code } }
    ... on Refusal { code message }
  }
}`

interface StatusAnswer {
  readonly community: { readonly status: KnownCommunity['status'] } | null
}

interface RecordAnswer {
  readonly recordMessages: BatchOutcome & { readonly __typename: string; readonly message?: string }
}

/**
 * Records a community's messages through the API of a running server.
 *
 * @param url The base URL of the API, without a final slash.
 */
export function recordOverApi(url: string, communityId: CommunityId): RecordingServer {
  return {
    async readStatus() {
      const { community } = await ask<StatusAnswer>(url, STATUS, { communityId })
      return community?.status ?? null
    },
    async record(messages) {
      const variables = { communityId, messages: messages.map(inputOf) }
      const { recordMessages: outcome } = await ask<RecordAnswer>(url, RECORD, variables)
      if (outcome.__typename === 'RecordMessagesAccepted') return outcome
      throw new RecordingRefused(outcome.message ?? outcome.__typename)
    },
  }
}

/** @throws `ServerLost` when nobody answers; a plain error when the server could not do what it was asked. */
async function ask<Data>(url: string, query: string, variables: Readonly<Record<string, unknown>>): Promise<Data> {
  const { data, errors } = await post<Data>(url, JSON.stringify({ query, variables }))
  if (data != null && errors === undefined) return data
  const reasons = errors?.map(({ message }) => message).join('; ') ?? 'no data'
  throw new Error(`Cannot record through ${url}: it answered ${reasons}`)
}

interface GraphqlAnswer<Data> {
  readonly errors?: readonly { readonly message: string }[]
  readonly data?: Data | null
}

async function post<Data>(url: string, body: string): Promise<GraphqlAnswer<Data>> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  try {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
    return (await response.json()) as GraphqlAnswer<Data>
  } catch (cause) {
    throw new ServerLost(`The server at ${url} does not answer`, { cause })
  }
}

/** A message in the form of the API's MessageInput. */
function inputOf(message: Message): Record<string, unknown> {
  const { timestamp, topic, thirdPartyId } = message
  const bytes = (['sig', 'payload', 'padding', 'hash'] as const).map((name) => [name, hexOf(message[name])])
  return { timestamp, topic, thirdPartyId, ...Object.fromEntries(bytes) }
}

function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}
