import type { CommunityId } from '../domain/community-id.ts'
import type { Message } from '../domain/message.ts'
import type { BatchOutcome, RecordBatch } from '../messages/record-ndjson.ts'

/** The server refused the wish; its message says why. */
export class RecordingRefused extends Error {
  override readonly name = 'RecordingRefused'
}

const MUTATION = `mutation Record($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) {
    __typename
    ... on RecordMessagesAccepted { recorded duplicates rejected { index code } }
    ... on Refusal { code message }
  }
}`

interface Answer {
  readonly errors?: readonly { readonly message: string }[]
  readonly data?: {
    readonly recordMessages: BatchOutcome & { readonly __typename: string; readonly message?: string }
  } | null
}

/**
 * Records batches through the API of a running server.
 *
 * @param url The base URL of the API, without a final slash.
 */
export function recordOverApi(url: string, communityId: CommunityId): RecordBatch {
  return async (messages) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: MUTATION, variables: { communityId, messages: messages.map(inputOf) } }),
    })
    const answer = (await response.json()) as Answer
    const outcome = answer.data?.recordMessages
    if (outcome == null) {
      const reasons = answer.errors?.map(({ message }) => message).join('; ') ?? `status ${response.status}`
      throw new Error(`Cannot record ${messages.length} messages through ${url}: ${reasons}`)
    }
    if (outcome.__typename !== 'RecordMessagesAccepted')
      throw new RecordingRefused(outcome.message ?? outcome.__typename)
    return outcome
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
