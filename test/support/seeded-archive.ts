import type { Dispatched } from '../../demo/signals.ts'
import type { ApiClient } from './api-client.ts'
import { HISTORY_START, numberedMessage } from './numbered-message.ts'
import { addCommunity, createArchive } from './node-wishes.ts'

const TOPIC = '0x0a0b0c0d'
const WEEK_SECONDS = 604_800

const RECORD = `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!) {
  answer: recordMessages(communityId: $communityId, messages: $messages) {
    ... on RecordMessagesAccepted { recorded }
  }
}`

const DISPATCHED = `subscription ($communityId: CommunityId!) {
  signals(communityId: $communityId, after: "START") {
    ... on MagnetlinkDispatched { infoHash magnetlink { magnetUri } }
  }
}`

interface DispatchedSignal {
  readonly signals: { readonly infoHash?: string; readonly magnetlink?: { readonly magnetUri: string } }
}

/** Has a node pack one archive of made-up messages, at most 1,000. @returns Once its magnet link is dispatched. */
export async function seedArchive(
  api: ApiClient,
  { messages: count, payloadBytes }: { readonly messages: number; readonly payloadBytes: number },
): Promise<Dispatched> {
  const communityId = await addCommunity(api, [TOPIC])
  const messages = Array.from({ length: count }, (_, n) => numberedMessage(TOPIC, n, payloadBytes))
  const { answer } = await api.request<{ answer: { recorded?: number } }>(RECORD, { communityId, messages })
  if (answer.recorded !== count) throw new Error(`Of ${count} messages ${answer.recorded} were recorded`)
  await createArchive(api, communityId, { from: HISTORY_START, to: HISTORY_START + WEEK_SECONDS })
  for await (const { signals } of api.subscribe<DispatchedSignal>(DISPATCHED, { communityId })) {
    const { infoHash, magnetlink } = signals
    if (infoHash !== undefined && magnetlink !== undefined) return { communityId, infoHash, ...magnetlink }
  }
  throw new Error(`The signals of ${communityId} ended before its link was dispatched`)
}
