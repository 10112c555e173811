import { describe, expect, test } from 'vitest'
import { ADD_COMMUNITY, plainWish, TOPIC, type Answer } from '../../support/api-wishes.ts'
import * as facts from '../../support/community-facts.ts'
import { askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'

describe('addCommunity', () => {
  test('makes a native community whose key this node keeps, and shows it at once', async () => {
    const { url, stores } = await openApi()
    const { answer } = await askData<Answer>(url, ADD_COMMUNITY)

    expect(answer).toMatchObject({
      __typename: 'AddCommunityAccepted',
      position: '3',
      community: { identity: 'NATIVE', status: 'ADDED', contentTopics: [TOPIC], archiving: 'ENABLED' },
    })
    const id = answer.community?.communityId ?? ''
    expect(await stores.keys.canSign(id as Parameters<typeof stores.keys.canSign>[0])).toBe(true)
  })

  test('joins a community as a member, and again changes nothing', async () => {
    const { url, stores } = await openApi()
    const variables = { id: facts.COMMUNITY.toUpperCase().replace('0X', '0x'), role: 'MEMBER', archiving: false }

    expect(await askData(url, ADD_COMMUNITY, variables)).toMatchObject({
      answer: { position: '2', community: { communityId: facts.COMMUNITY, role: 'MEMBER', archiving: 'DISABLED' } },
    })
    expect(await askData(url, ADD_COMMUNITY, variables)).toMatchObject({ answer: { position: null } })
    expect(stores.log.head()).toBe(2)
  })

  test('is refused by name', async () => {
    const { url, stores } = await openApi()
    const refused = async (variables: Record<string, unknown>): Promise<string | undefined> =>
      (await askData<Answer>(url, ADD_COMMUNITY, variables)).answer.code

    expect(await refused({ role: 'MEMBER' })).toBe('CommunityIdMissing')
    expect(await refused({ id: facts.COMMUNITY })).toBe('CommunityKeyMissing')
    expect(await refused({ topics: [TOPIC, TOPIC.toUpperCase().replace('0X', '0x')] })).toBe('ContentTopicRepeated')
    const many = Array.from({ length: 1025 }, (_, n) => `0x${n.toString(16).padStart(8, '0')}`)
    expect(await refused({ topics: many })).toBe('TooManyContentTopics')
    expect(stores.log.head()).toBe(0)
    await recordFacts(stores.log, facts.ready)
    expect(await refused({ id: facts.COMMUNITY, role: 'MEMBER' })).toBe('CommunityAlreadyAdded')
  })
})

test('each wish about a community is granted, and read after it was written', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, [...facts.ready, ...facts.served(1)])
  const wish = async (name: string): Promise<Answer['answer']> =>
    (await askData<Answer>(url, plainWish(name), { id: facts.COMMUNITY })).answer

  expect(await wish('withdrawSeeding')).toMatchObject({ position: '7', community: { seeding: 'WITHDRAWN' } })
  expect(await wish('requestSeeding')).toMatchObject({ position: '8', community: { seeding: 'REQUESTED' } })
  expect(await wish('requestSeeding')).toMatchObject({ position: null, community: { seeding: 'REQUESTED' } })
  expect(await wish('disableArchiving')).toMatchObject({ position: '9', community: { archiving: 'DISABLED' } })
  expect(await wish('requestSeeding')).toMatchObject({ code: 'ArchivingIsDisabled' })
  expect(await wish('enableArchiving')).toMatchObject({ position: '10', community: { archiving: 'ENABLED' } })
  expect(await wish('leaveCommunity')).toMatchObject({ position: '11', community: { status: 'LEFT' } })
  expect(await wish('enableArchiving')).toMatchObject({ code: 'CommunityWasLeft' })
})

test('content topics are replaced in their order', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, facts.ready)
  const query = `mutation($id: CommunityId!, $topics: [ContentTopic!]!) { answer: changeContentTopics(communityId: $id, contentTopics: $topics) {
    ... on ChangeContentTopicsAccepted { community { contentTopics } } ... on ContentTopicRepeated { contentTopic message }
  } }`

  const topics = ['0x00000002', '0x00000001']
  expect(await askData(url, query, { id: facts.COMMUNITY, topics })).toEqual({
    answer: { community: { contentTopics: topics } },
  })
  expect(await askData(url, query, { id: facts.COMMUNITY, topics: [TOPIC, TOPIC] })).toEqual({
    answer: {
      contentTopic: TOPIC,
      message: `Content topic ${TOPIC} stands twice in contentTopics: name each once.`,
    },
  })
})

test('the switches of the node are wishes like others', async () => {
  const { url } = await openApi()
  const wish = async (name: string, args = ''): Promise<unknown> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Accepted`
    return askData(
      url,
      `mutation { answer: ${name}${args} { ... on ${type} { position status { protocol network } } } }`,
    )
  }
  const answer = (position: string | null, protocol: string, network: string): unknown => ({
    answer: { position, status: { protocol, network } },
  })

  expect(await wish('disableProtocol')).toEqual(answer('1', 'DISABLED', 'ONLINE'))
  expect(await wish('disableProtocol')).toEqual(answer(null, 'DISABLED', 'ONLINE'))
  expect(await wish('setOnline', '(online: false)')).toEqual(answer('2', 'DISABLED', 'OFFLINE'))
  expect(await wish('enableProtocol')).toEqual(answer('3', 'ENABLED', 'OFFLINE'))
  expect(await wish('setOnline', '(online: true)')).toEqual(answer('4', 'ENABLED', 'ONLINE'))
})

test('messages are recorded, and bad ones rejected one by one', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, facts.ready)
  const query = `mutation($id: CommunityId!, $messages: [MessageInput!]!) { answer: recordMessages(communityId: $id, messages: $messages) {
    ... on RecordMessagesAccepted { recorded duplicates rejected { index code } } ... on Refusal { code }
  } }`
  const good = { timestamp: 1_700_000_000, topic: TOPIC, payload: '0x01' }
  const messages = [
    good,
    { ...good, topic: 'nope' },
    { ...good, timestamp: 1.5 },
    { ...good, timestamp: 2 ** 32 },
    { ...good, payload: '0x0' },
    good,
    { ...good, payload: '0x02', sig: '0xff', hash: null },
  ]

  expect(await askData(url, query, { id: facts.COMMUNITY, messages })).toEqual({
    answer: {
      recorded: 2,
      duplicates: 1,
      rejected: [
        { index: 1, code: 'INVALID_TOPIC' },
        { index: 2, code: 'INVALID_TIMESTAMP' },
        { index: 3, code: 'INVALID_TIMESTAMP' },
        { index: 4, code: 'INVALID_HEX' },
      ],
    },
  })
  const thousand = Array.from({ length: 1000 }, (_, n) => ({ ...good, timestamp: n }))
  expect(await askData(url, query, { id: facts.COMMUNITY, messages: thousand })).toMatchObject({
    answer: { recorded: 1000, rejected: [] },
  })
  await recordFacts(stores.log, [facts.communityLeft])
  expect(await askData(url, query, { id: facts.COMMUNITY, messages })).toEqual({ answer: { code: 'CommunityWasLeft' } })
})
