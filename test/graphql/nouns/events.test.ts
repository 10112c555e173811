import { expect, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import * as facts from '../../support/community-facts.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { FACTS_CORRELATION_ID, recordFacts } from '../../support/record-facts.ts'

interface EventsPage {
  readonly edges: readonly {
    readonly cursor: string
    readonly node: { readonly position: string; readonly id: string }
  }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

const QUERY = `query($first: Int, $last: Int, $after: String, $before: String) {
  events(first: $first, last: $last, after: $after, before: $before) {
    edges { cursor node { position id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

async function page(api: OpenApi, variables: Record<string, unknown>): Promise<EventsPage> {
  return (await askData<{ events: EventsPage }>(api.url, QUERY, variables)).events
}

function positions({ edges }: EventsPage): readonly number[] {
  return edges.map(({ node }) => Number(node.position))
}

/** 1, 2, …, up to a number. */
function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

async function openWith(events: number): Promise<OpenApi> {
  const api = await openApi()
  const switches = Array.from({ length: events - 3 }, (_, n) =>
    n % 2 === 0 ? facts.archivingDisabled : facts.archivingEnabled,
  )
  await recordFacts(api.stores.log, [...facts.ready, ...switches])
  return api
}

test('pages forwards over everything, though the log grows meanwhile', async () => {
  const api = await openWith(10)
  const found: number[] = []
  let after: string | null = null
  for (let pages = 0; ; pages += 1) {
    const { pageInfo, ...rest }: EventsPage = await page(api, { first: 4, after })
    found.push(...positions({ pageInfo, ...rest }))
    expect(pageInfo.hasPreviousPage).toBe(pages > 0)
    after = pageInfo.endCursor
    if (pages === 0) await recordFacts(api.stores.log, [facts.communityLeft])
    if (!pageInfo.hasNextPage) break
  }
  expect(found).toEqual(upTo(11))
})

test('pages backwards over everything, though the log grows meanwhile', async () => {
  const api = await openWith(10)
  const found: number[] = []
  let before: string | null = null
  for (let pages = 0; ; pages += 1) {
    const { pageInfo, ...rest }: EventsPage = await page(api, { last: 4, before })
    found.unshift(...positions({ pageInfo, ...rest }))
    before = pageInfo.startCursor
    if (pages === 0) await recordFacts(api.stores.log, [facts.communityLeft])
    if (!pageInfo.hasPreviousPage) break
  }
  expect(found).toEqual(upTo(10))
})

test('takes a part between two cursors, and 50 where nothing is said', async () => {
  const api = await openWith(60)
  const { edges, pageInfo } = await page(api, {})
  expect(positions({ edges, pageInfo })).toEqual(upTo(50))
  expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })

  const [after, before] = [edges[9]?.cursor, edges[20]?.cursor]
  expect(positions(await page(api, { after, before, first: 3 }))).toEqual([11, 12, 13])
  expect(positions(await page(api, { after, before, last: 3 }))).toEqual([18, 19, 20])
  expect(await page(api, { first: 5, after: (await page(api, { last: 1 })).pageInfo.endCursor })).toMatchObject({
    edges: [],
  })
})

test('refuses a cursor of another log', async () => {
  const api = await openWith(3)
  const cursor = Buffer.from('00000000-0000-4000-8000-000000000000:1').toString('base64url')
  const { errors } = await ask(api.url, QUERY, { first: 1, after: cursor })
  expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_NOT_IN_THIS_LOG' }, path: ['events'] }])
})

test('each condition holds, and together', async () => {
  const api = await openWith(5)
  const other = `0x${'0e'.repeat(32)}` as CommunityId
  await recordFacts(api.stores.log, [
    { type: 'CommunityAdded', communityId: other, data: { role: 'MEMBER' } },
    { type: 'ProtocolDisabled', data: {} },
  ])
  const { data } = await ask<{ disableProtocol: unknown }>(api.url, 'mutation { enableProtocol { __typename } }')
  expect(data).toBeTruthy()
  const [, , , , , added, , enabled] = await api.stores.log.read({ limit: 10 })
  const at = new Date(added?.recordedAt ?? 0).toISOString()
  const found = async (args: string): Promise<readonly number[]> => {
    const query = `{ events(${args}) { edges { cursor node { position id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
    return positions((await askData<{ events: EventsPage }>(api.url, query)).events)
  }

  expect(await found('stream: "node"')).toEqual([7, 8])
  expect(await found(`communityId: "${other}"`)).toEqual([6])
  expect(await found('types: [CommunityAdded, CommunityAdded, ProtocolDisabled]')).toEqual([1, 6, 7])
  expect(await found('types: []')).toEqual([])
  expect(await found(`communityId: "${other}", types: [ProtocolDisabled]`)).toEqual([])
  expect(await found('actor: "local", stream: "node", types: [ProtocolEnabled]')).toEqual([8])
  expect(await found('actor: "cli"')).toEqual([])
  expect(await found(`correlationId: "${FACTS_CORRELATION_ID}"`)).toEqual(upTo(7))
  expect(await found(`correlationId: "${enabled?.correlationId}"`)).toEqual([8])
  expect(await found(`recordedFrom: "${at}", communityId: "${other}"`)).toEqual([6])
  expect(await found(`recordedTo: "${at}", communityId: "${other}"`)).toEqual([])
  expect(await found('recordedFrom: "2100-01-01T00:00:00Z"')).toEqual([])
})

test('an event, a community and a run are found again by their global ids', async () => {
  const api = await openApi()
  await recordFacts(api.stores.log, [...facts.ready, ...facts.served(1)])
  const { events, communities } = await askData<{
    events: EventsPage
    communities: { edges: { node: { id: string; lastRun: { id: string } } }[] }
  }>(
    api.url,
    `{ events(last: 1) { edges { cursor node { position id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
       communities { edges { node { id lastRun { id } } } } }`,
  )
  const community = communities.edges[0]?.node
  const ids = [events.edges[0]?.node.id, community?.id, community?.lastRun.id]
  const query = `query($ids: [ID!]!) { nodes(ids: $ids) { __typename id
    ... on RecordedEvent { type position version stream eventId actor causationId data about: communityId }
    ... on Community { communityId } ... on ArchiveRun { runId } } }`

  expect(await askData(api.url, query, { ids })).toMatchObject({
    nodes: [
      {
        __typename: 'RecordedEvent',
        id: ids[0],
        type: 'SeedingStarted',
        position: '6',
        data: { infoHash: facts.infoHash(1) },
      },
      { __typename: 'Community', id: ids[1], communityId: facts.COMMUNITY },
      { __typename: 'ArchiveRun', id: ids[2], runId: facts.runId(1) },
    ],
  })
  const missing = ['RecordedEvent:99', 'RecordedEvent:x', 'Community:0x1', 'ArchiveRun:1'].map(btoa)
  expect(await askData(api.url, query, { ids: missing })).toEqual({ nodes: [null, null, null, null] })
})
