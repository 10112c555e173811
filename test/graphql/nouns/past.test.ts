import { describe, expect, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { CorrelationId, EventId, Recorded } from '../../../src/events/recorded-event.ts'
import { streamOf } from '../../../src/events/recorded-event.ts'
import * as facts from '../../support/community-facts.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { valueOf } from '../../support/value-of.ts'

const OTHER = `0x${'0e'.repeat(32)}` as CommunityId

async function openPast(): Promise<OpenApi> {
  const api = await openApi()
  await recordFacts(api.stores.log, [
    ...facts.ready,
    ...facts.served(1),
    facts.magnetlinkDispatched(1, 1_000),
    { type: 'ProtocolDisabled', data: {} },
    ...facts.created(2),
    facts.seedingFailed(2, 'FILES_MISSING'),
  ])
  return api
}

const COMMUNITY = `query ($id: CommunityId!, $position: Position, $time: DateTime) {
  communityAsOf(id: $id, position: $position, time: $time) {
    communityId position status role archiving archives messages archiveBytes coveredFrom coveredTo
    torrents { infoHash role isServed failure } linkTorrent linkClock lastRun settings { quotaBytes } parked { code }
    node { protocol isRunning isOnline }
  }
}`

describe('a community as of a moment', () => {
  test('is what its events up to a position make it', async () => {
    const { url } = await openPast()
    const at = async (position: number): Promise<unknown> =>
      (await askData(url, COMMUNITY, { id: facts.COMMUNITY, position: String(position) }))['communityAsOf']
    expect(await at(0)).toBeNull()
    expect(await at(1)).toMatchObject({ status: 'ADDED', archiving: 'DISABLED', archives: 0, coveredFrom: null })
    expect(await at(7)).toMatchObject({
      position: '7',
      archives: 1,
      messages: 3,
      archiveBytes: 1000,
      torrents: [{ infoHash: facts.infoHash(1), role: 'CURRENT', isServed: true, failure: null }],
      linkTorrent: facts.infoHash(1),
      linkClock: '1000',
      node: { protocol: 'ENABLED' },
    })
    expect(await at(11)).toMatchObject({
      archives: 2,
      lastRun: 'ARCHIVED',
      torrents: [
        { infoHash: facts.infoHash(2), role: 'NEWEST', isServed: false, failure: 'FILES_MISSING' },
        { infoHash: facts.infoHash(1), role: 'CURRENT', isServed: true },
      ],
      node: { protocol: 'DISABLED' },
    })
  })

  test('is found by time, and refused by name', async () => {
    const { url, stores } = await openPast()
    const [, , third] = await stores.log.read({ limit: 3 })
    const time = new Date((third?.recordedAt ?? 0) + 86_400_000).toISOString()
    expect(await askData(url, COMMUNITY, { id: facts.COMMUNITY, time })).toMatchObject({
      communityAsOf: { position: '11' },
    })
    expect(await askData(url, COMMUNITY, { id: OTHER, time })).toEqual({ communityAsOf: null })
    const codes = [
      [{}, 'BAD_USER_INPUT'],
      [{ position: '1', time }, 'BAD_USER_INPUT'],
      [{ position: '12' }, 'POSITION_BEYOND_HEAD'],
      [{ time: '2001-01-01T00:00:00Z' }, 'TIME_BEFORE_LOG'],
    ] as const
    for (const [moment, code] of codes) {
      const { errors } = await ask(url, COMMUNITY, { id: facts.COMMUNITY, ...moment })
      expect(errors).toMatchObject([{ extensions: { code }, path: ['communityAsOf'] }])
    }
  })
})

test('what changed between two moments is told exactly, and in words', async () => {
  const { url } = await openPast()
  const query = `query ($from: MomentInput!, $to: MomentInput!, $id: CommunityId) {
    eventDiff(from: $from, to: $to, communityId: $id) { from to changes { communityId field before after summary } } }`
  const between = async (from: number, to: number, id: CommunityId | null = null): Promise<unknown> => {
    const moments = { from: { position: String(from) }, to: { position: String(to) } }
    return (await askData(url, query, { ...moments, id }))['eventDiff']
  }
  expect(await between(7, 8)).toEqual({
    from: '7',
    to: '8',
    changes: [
      { communityId: null, field: 'protocol', before: 'ENABLED', after: 'DISABLED', summary: 'archiving: on → off' },
    ],
  })
  expect(await between(5, 7)).toMatchObject({
    changes: expect.arrayContaining([
      {
        communityId: facts.COMMUNITY,
        field: 'servedTorrents',
        before: [],
        after: [facts.infoHash(1)],
        summary: 'torrents seeded: none → 00000000…',
      },
      expect.objectContaining({ field: 'linkClock', before: null, after: 1000 }),
    ]),
  })
  expect(await between(7, 7)).toMatchObject({ changes: [] })
  expect(await between(8, 7)).toMatchObject({ changes: [{ field: 'protocol', before: 'DISABLED', after: 'ENABLED' }] })
  expect(await between(6, 8, facts.COMMUNITY)).not.toMatchObject({ changes: [{ field: 'protocol' }] })
  const { errors } = await ask(url, query, { from: { position: '0' }, to: {} })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'to' } }])
})

test('from a wish to all that followed from it, and back', async () => {
  const { url, stores } = await openApi()
  const correlationId = '01890000-0000-7000-8000-00000000c0c0' as CorrelationId
  const append = async (event: (typeof facts.ready)[number], causationId: EventId | null): Promise<Recorded> => {
    const stream = streamOf(event)
    const [last] = await stores.log.read({ stream, order: 'DESC', limit: 1 })
    const meta = { actor: 'reactor:seeding', correlationId, causationId } as const
    const [outcome] = await stores.log.append([
      { stream, expectedVersion: last?.version ?? 0, events: [event], meta, receipt: null },
    ])
    if (outcome === undefined) throw new Error('The log answered nothing')
    return valueOf(outcome).events[0] as Recorded
  }
  const added = await append(facts.communityAdded(), null)
  const topics = await append(facts.contentTopicsChanged(), added.id)
  await recordFacts(stores.log, [{ type: 'ProtocolDisabled', data: {} }])
  await append(facts.archivingEnabled, added.id)
  await append(facts.seedingWithdrawn, topics.id)

  const query = `query ($id: Uuid!, $after: String) { events(correlationId: $id) { edges { node {
    position summary causedBy { position } ledTo(first: 1, after: $after) {
      edges { cursor node { position } } pageInfo { hasNextPage endCursor } } } } } }`
  interface Story {
    readonly events: {
      readonly edges: readonly {
        readonly node: { readonly ledTo: { readonly pageInfo: { readonly endCursor: string } } }
      }[]
    }
  }
  const story = await askData<Story>(url, query, { id: correlationId })
  const nodes = story.events.edges.map(({ node }) => node)
  expect(nodes).toMatchObject([
    {
      position: '1',
      summary: 'added the community: this node packs and announces its history',
      causedBy: null,
      ledTo: { edges: [{ node: { position: '2' } }], pageInfo: { hasNextPage: true } },
    },
    { position: '2', causedBy: { position: '1' }, ledTo: { edges: [{ node: { position: '5' } }] } },
    { position: '4', causedBy: { position: '1' }, ledTo: { edges: [] } },
    { position: '5', causedBy: { position: '2' } },
  ])
  const after = nodes[0]?.ledTo.pageInfo.endCursor
  const next = await askData<Story>(url, query, { id: correlationId, after })
  expect(next.events.edges[0]?.node).toMatchObject({
    ledTo: { edges: [{ node: { position: '4' } }], pageInfo: { hasNextPage: false } },
  })
})

test('events between two positions, with a cursor and from the end', async () => {
  const { url } = await openPast()
  const query = `query ($first: Int, $last: Int, $after: String, $types: [EventType!]) {
    events(fromPosition: "3", toPosition: "9", first: $first, last: $last, after: $after, types: $types) {
      edges { node { position } } pageInfo { endCursor hasNextPage hasPreviousPage } } }`
  interface Page {
    readonly edges: readonly { readonly node: { readonly position: string } }[]
    readonly pageInfo: { readonly endCursor: string }
  }
  const page = async (variables: Record<string, unknown>): Promise<Page> =>
    (await askData<{ events: Page }>(url, query, variables)).events
  const positions = ({ edges }: Page): readonly number[] => edges.map(({ node }) => Number(node.position))
  const first = await page({ first: 3 })
  expect(positions(first)).toEqual([3, 4, 5])
  expect(positions(await page({ first: 9, after: first.pageInfo.endCursor }))).toEqual([6, 7, 8, 9])
  expect(positions(await page({ last: 2 }))).toEqual([8, 9])
  expect(positions(await page({ types: ['ArchiveCreationStarted', 'CommunityAdded'] }))).toEqual([4, 9])
})
