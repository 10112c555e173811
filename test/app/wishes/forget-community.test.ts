import { globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eraseForgotten } from '../../../src/app/wishes/erase-community.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import type { EventLog } from '../../../src/events/event-log.ts'
import type { Position, Recorded } from '../../../src/events/recorded-event.ts'
import { readCommunity } from '../../../src/projections/communities.ts'
import { endRun, startRun } from '../../support/archive-run.ts'
import { askData } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { SAMPLE_TOPIC, sampleMessages } from '../../support/sample-message.ts'
import { metaOf } from '../../support/sample-wishes.ts'
import { SENT_AT } from '../../support/small-community.ts'

const ADD = `mutation { answer: addCommunity(role: CONTROL_NODE, contentTopics: ["${SAMPLE_TOPIC}"], archiving: true) {
  ... on AddCommunityAccepted { community { communityId } } } }`
const ADD_AGAIN = `mutation ($id: CommunityId!) { addCommunity(
  communityId: $id, role: MEMBER, contentTopics: ["${SAMPLE_TOPIC}"], archiving: true) { __typename } }`
const RECORD = `mutation ($id: CommunityId!, $messages: [MessageInput!]!, $key: IdempotencyKey) {
  answer: recordMessages(communityId: $id, messages: $messages, idempotencyKey: $key) {
    ... on RecordMessagesAccepted { recorded } ... on Refusal { code } } }`
const FORGET = `mutation ($id: CommunityId!) { answer: forgetCommunity(communityId: $id) {
  ... on ForgetCommunityAccepted { messages isErased position } ... on Refusal { code } } }`
const LEAVE = 'mutation ($id: CommunityId!) { leaveCommunity(communityId: $id) { __typename } }'
const PURGE = 'mutation ($id: CommunityId!) { purgeCommunity(communityId: $id) { __typename } }'

const SECRET = 'the secret that nobody is to find'
const KEPT = 'what everybody may read'

function dataDirOf({ stores }: OpenApi): string {
  return dirname(stores.messagesFile)
}

/** Adds a community with messages that say the text, and packs them. */
async function addTalking(api: OpenApi, text: string): Promise<CommunityId> {
  const added = await askData<{ answer: { community: { communityId: CommunityId } } }>(api.url, ADD)
  const id = added.answer.community.communityId
  await talk(api, id, text)
  await endRun(api.stores, await startRun(api.stores, id, SENT_AT, (SENT_AT + 1) as UnixSeconds))
  return id
}

async function talk({ url }: OpenApi, id: CommunityId, text: string): Promise<void> {
  const messages = [1, 3000].map((times) => {
    const payload = `0x${Buffer.from(text.repeat(times)).toString('hex')}`
    return { timestamp: SENT_AT, topic: SAMPLE_TOPIC, payload, thirdPartyId: `discord:${text}` }
  })
  const answered = await askData(url, RECORD, { id, messages, key: `${id} ${text.length}` })
  expect(answered).toEqual({ answer: { recorded: 2 } })
}

/** The files of a data directory that hold a text, as it is or as it may be written down. */
function filesWith(dataDir: string, text: string): readonly string[] {
  const bytes = Buffer.from(text)
  // In base64 it looks one of three ways, after what stands before it; the ends depend on what is beside it.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  const forms = [
    text,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    JSON.stringify([...bytes]).slice(1, -1),
    ...base64,
  ]
  const files = globSync(join(dataDir, '**')).filter((path) => statSync(path).isFile())
  return files.filter((path) => {
    const content = readFileSync(path)
    return forms.some((form) => content.includes(form))
  })
}

describe('a community that is forgotten', { timeout: 30_000 }, () => {
  test('leaves no byte of its messages and keys in any file, and a log that is whole', async () => {
    const api = await openApi()
    const dataDir = dataDirOf(api)
    const id = await addTalking(api, SECRET)
    const kept = await addTalking(api, KEPT)
    const key = readFileSync(join(dataDir, 'keys', id), 'utf8').split('\n')[1] ?? ''
    expect(filesWith(dataDir, SECRET).length).toBeGreaterThan(1)
    expect(filesWith(dataDir, key)).toHaveLength(1)
    for (const [early, code] of [
      [LEAVE, 'CommunityNotLeft'],
      [PURGE, 'CommunityNotPurged'],
    ] as const) {
      expect(await askData(api.url, FORGET, { id })).toEqual({ answer: { code } })
      await askData(api.url, early, { id })
    }
    const before = filesWith(dataDir, KEPT)

    const position = String(api.stores.log.head() + 1)
    expect(await askData(api.url, FORGET, { id })).toEqual({ answer: { messages: 2, isErased: true, position } })
    expect(filesWith(dataDir, SECRET)).toEqual([])
    expect(filesWith(dataDir, key)).toEqual([])
    expect(filesWith(dataDir, KEPT).length).toBeGreaterThanOrEqual(before.length - 1)
    expect(api.stores.messages.countMessages(kept)).toBe(2)
    expect(await api.stores.log.verify()).toBe(null)
    expect(await readCommunity(api.stores.db, id)).toMatchObject({ status: 'LEFT', contentTopics: [] })
    expect(await askData(api.url, FORGET, { id })).toEqual({ answer: { messages: 0, isErased: true, position: null } })
    expect(
      await askData(api.url, RECORD, { id, messages: [{ timestamp: SENT_AT, topic: SAMPLE_TOPIC, payload: '0x00' }] }),
    ).toEqual({ answer: { code: 'CommunityWasLeft' } })
  })

  test('is forgotten at the next start, where the process died behind the event; and then not again', async () => {
    const api = await openApi()
    const dataDir = dataDirOf(api)
    const { stores } = api
    const communityId = await addTalking(api, SECRET)
    for (const type of ['LeaveCommunity', 'PurgeCommunity', 'ForgetCommunity'] as const) {
      await stores.execute({ type, communityId }, metaOf())
    }
    expect(filesWith(dataDir, SECRET).length).toBeGreaterThan(1)
    expect(await eraseForgotten(stores)).toEqual([])
    expect(filesWith(dataDir, SECRET)).toEqual([])

    const wish = {
      type: 'AddCommunity',
      communityId,
      role: 'MEMBER',
      contentTopics: [SAMPLE_TOPIC],
      archiving: true,
    } as const
    await stores.execute(wish, metaOf())
    await talk(api, communityId, `${SECRET} again`)
    expect(await eraseForgotten(stores)).toEqual([])
    expect(stores.messages.countMessages(communityId)).toBe(2)
  })

  test('is not added again with messages that could not be deleted when it was forgotten', async () => {
    const api = await openApi()
    const communityId = await addTalking(api, SECRET)
    for (const type of ['LeaveCommunity', 'PurgeCommunity', 'ForgetCommunity'] as const) {
      await api.stores.execute({ type, communityId }, metaOf())
    }
    expect(api.stores.messages.countMessages(communityId)).toBe(2)
    await askData(api.url, ADD_AGAIN, { id: communityId })
    expect(api.stores.messages.countMessages(communityId)).toBe(0)
    expect(await readCommunity(api.stores.db, communityId)).toMatchObject({ status: 'ADDED' })
  })

  test('is added again only once it is forgotten, so that what is recorded from then on stays', async () => {
    const api = await openApi()
    const { log, messages, db } = api.stores
    const id = await addTalking(api, SECRET)
    await messages.record(id, sampleMessages(2000, { timestamp: SENT_AT, topic: SAMPLE_TOPIC }))
    await askData(api.url, LEAVE, { id })
    await askData(api.url, PURGE, { id })
    const forgotten = once(log, log.head())
    const forgetting = askData(api.url, FORGET, { id })
    expect((await forgotten).event.type).toBe('CommunityForgotten')
    const position = String(log.head())
    await askData(api.url, ADD_AGAIN, { id })
    const recorded = await askData(api.url, RECORD, {
      id,
      messages: [{ timestamp: SENT_AT, topic: SAMPLE_TOPIC, payload: '0x00' }],
    })
    expect(recorded).toEqual({ answer: { recorded: 1 } })
    expect(await forgetting).toEqual({ answer: { messages: 2002, isErased: true, position } })
    expect(await readCommunity(db, id)).toMatchObject({ status: 'ADDED', forgottenAt: null })
    const range = { communityId: id, from: SENT_AT, to: (SENT_AT + 1) as UnixSeconds, topics: [SAMPLE_TOPIC] }
    const read = [...messages.readRange({ ...range, recordedUpTo: messages.newestSequence() })].length
    const { messages: ofDay } = messages.totalsOfDays(id, range.from, range.to)
    expect([read, ofDay, messages.countMessages(id)]).toEqual([1, 1, 1])
  })
})

/** The first event after the position, as soon as it is recorded. */
async function once(log: EventLog, after: number): Promise<Recorded> {
  for await (const recorded of log.tail(after as Position, new AbortController().signal)) return recorded
  return expect.unreachable()
}
