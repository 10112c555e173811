import type { KnownCommunity } from '../../domain/community.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Message } from '../../domain/message.ts'
import type { BatchLimits, BatchOutcome, RecordBatch } from '../../messages/record-ndjson.ts'
import { askServer, WishRefused } from '../ask-server.ts'
import type { Server } from '../runtime-file.ts'

/** A batch that a server reads in a few milliseconds, so that it answers its other clients in between. */
export const SERVER_LIMITS: BatchLimits = { messages: 200, bytes: 524_288 }

/** A node's API, as far as recording needs it. */
export interface RecordingServer {
  /** How the community stands with the node; null when it does not know it. @throws `ServerLost` */
  readonly readStatus: () => Promise<KnownCommunity['status'] | null>
  /** @throws `WishRefused` or `ServerLost`. What was recorded until then stays. */
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

/** Records a community's messages through the API of a running server. */
export function recordOverApi(server: Server, communityId: CommunityId): RecordingServer {
  const ask = askServer(server)
  return {
    async readStatus() {
      const { community } = await ask<StatusAnswer>(STATUS, { communityId })
      return community?.status ?? null
    },
    async record(messages) {
      const variables = { communityId, messages: messages.map(inputOf) }
      const { recordMessages: outcome } = await ask<RecordAnswer>(RECORD, variables)
      if (outcome.__typename === 'RecordMessagesAccepted') return outcome
      throw new WishRefused(outcome.message ?? outcome.__typename)
    },
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
