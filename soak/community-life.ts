import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { COMMUNITY_MUTATIONS } from '../test/support/community-mutations.ts'
import type { Answer, PersistentClient } from '../test/support/persistent-client.ts'

const TOPIC = '0x0a0b0c0d'
const MESSAGES = 20
/** How many archives a community gets before it is dropped. */
const ARCHIVES = 3
const POLL_MS = 250

const JOIN = `mutation ($communityId: CommunityId!, $key: IdempotencyKey!) {
  addCommunity(communityId: $communityId, role: MEMBER, contentTopics: [], archiving: true, idempotencyKey: $key) {
    __typename ... on Refusal { code message }
  }
}`
const FOLLOW = `mutation ($communityId: CommunityId!, $url: FollowUrl!, $key: IdempotencyKey!) {
  followNode(communityId: $communityId, url: $url, idempotencyKey: $key) { __typename ... on Refusal { code message } }
}`
const PURGE = `mutation ($communityId: CommunityId!, $key: IdempotencyKey!) {
  purgeCommunity(communityId: $communityId, idempotencyKey: $key) { __typename ... on Refusal { code message } }
}`
const RUN = `query ($communityId: CommunityId!) { community(communityId: $communityId) { lastRun { status } archives { totalCount } } }`
const FETCHED = `query ($communityId: CommunityId!) { community(communityId: $communityId) { lastImport { status } archives { totalCount } } }`

/** Who takes part: the node that packs, which is killed now and then, and the one that fetches. */
export interface CommunityParts {
  readonly control: PersistentClient
  readonly member: PersistentClient
  /** The base URL of the node that packs. */
  readonly controlUrl: string
  /** Waits for its turn, so that all communities together keep to a pace. False when it is time to end. */
  readonly nextTurn: () => Promise<boolean>
  readonly count: (what: 'packed' | 'fetched' | 'dropped') => void
}

/** Lives of one community after the other: added, packed and fetched some times, then left and purged on both nodes. */
export async function liveOn(parts: CommunityParts): Promise<void> {
  while (await parts.nextTurn()) await liveOnce(parts)
}

async function liveOnce(parts: CommunityParts): Promise<void> {
  const { control, member, controlUrl, count } = parts
  const added = await granted(control, 'addCommunity', COMMUNITY_MUTATIONS.addCommunity, {
    communityId: null,
    contentTopics: [TOPIC],
  })
  const communityId = added.community?.communityId ?? ''
  await granted(member, 'addCommunity', JOIN, { communityId })
  await granted(member, 'followNode', FOLLOW, { communityId, url: `${controlUrl.replace(/^http/, 'ws')}/graphql` })
  let from = Math.floor(Date.now() / 1000) - 400 * 86_400
  for (let archives = 1; archives <= ARCHIVES && (await parts.nextTurn()); archives += 1) {
    from = await pack(control, communityId, from, archives)
    count('packed')
    await until(
      member,
      FETCHED,
      communityId,
      ({ lastImport, archives: { totalCount } }) => lastImport?.status === 'FINISHED' && totalCount >= archives,
    )
    count('fetched')
  }
  for (const client of [member, control]) {
    await granted(client, 'leaveCommunity', COMMUNITY_MUTATIONS.leaveCommunity, { communityId })
    // Refused while a torrent is still being dropped.
    while ((await client.wish('purgeCommunity', PURGE, { communityId })).code !== undefined) await wait(POLL_MS)
  }
  count('dropped')
}

/** @returns Where the next archive begins, in Unix seconds. */
async function pack(control: PersistentClient, communityId: string, from: number, archives: number): Promise<number> {
  const to = from + 7 * 86_400
  const messages = Array.from({ length: MESSAGES }, (_, index) => ({
    timestamp: from + index * 1000,
    topic: TOPIC,
    payload: `0x${randomBytes(200).toString('hex')}`,
    hash: `0x${randomBytes(32).toString('hex')}`,
  }))
  await granted(control, 'recordMessages', COMMUNITY_MUTATIONS.recordMessages, { communityId, messages })
  const end = new Date(to * 1000).toISOString()
  // A run that a kill interrupted leaves its range open, and is asked for again.
  for (;;) {
    const { code } = await control.wish('createArchive', COMMUNITY_MUTATIONS.createArchive, { communityId, to: end })
    if (code !== undefined && code !== 'ArchiveCreationRunning' && code !== 'RangeEmpty' && code !== 'RangeNotNext') {
      throw new Error(`createArchive was refused with ${code}`)
    }
    const { archives: made } = await until(control, RUN, communityId, ({ lastRun }) => lastRun?.status !== 'RUNNING')
    if (made.totalCount >= archives) return to
  }
}

interface Community {
  readonly lastRun?: { readonly status: string } | null
  readonly lastImport?: { readonly status: string } | null
  readonly archives: { readonly totalCount: number }
}

async function until(
  client: PersistentClient,
  query: string,
  communityId: string,
  isSo: (community: Community) => boolean,
): Promise<Community> {
  for (;;) {
    const { community } = await client.ask<{ readonly community: Community }>(query, { communityId })
    if (isSo(community)) return community
    await wait(POLL_MS)
  }
}

async function granted(
  client: PersistentClient,
  mutation: string,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const answer = await client.wish(mutation, document, { ...variables, key: randomUUID() })
  if (answer.code !== undefined) throw new Error(`${mutation} was refused with ${answer.code}`)
  return answer
}
