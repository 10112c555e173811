import { createClient } from 'graphql-ws'
import { expect, onTestFinished, test } from 'vitest'
import { defaultSettings } from '../../../src/domain/community-settings.ts'
import type { DomainEvent } from '../../../src/domain/events.ts'
import { callerOf, headersOf, knowing } from '../../support/callers.ts'
import * as facts from '../../support/community-facts.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { history, OTHER, told } from '../../support/signal-history.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'
import { take } from '../../support/take.ts'

const SIGNALS = 'subscription { signals(after: "START") { __typename communityId community { communityId } } }'
const LINKS = 'subscription ($id: CommunityId!) { magnetlinks(communityId: $id, after: "START") { clock } }'

interface Told {
  readonly __typename?: string
  readonly communityId?: string | null
  readonly community?: { readonly communityId: string } | null
  readonly clock?: string
}

/** What somebody is told: the items of a subscription, or the codes of its errors. */
type Listen = (api: OpenApi, who: string | null, query: string, variables?: object) => AsyncGenerator<Told | string>

interface Result {
  readonly data?: unknown
  readonly errors?: readonly { readonly extensions?: unknown }[] | undefined
}

function toldBy({ data, errors }: Result): Told | string {
  const [error] = errors ?? []
  if (error !== undefined) return String((error.extensions as { code?: string } | undefined)?.code)
  return Object.values(data as Record<string, Told>)[0] ?? {}
}

const listens = {
  WebSocket: async function* listen({ url }, who, query, variables = {}) {
    const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0, connectionParams: headersOf(who) })
    onTestFinished(async () => client.dispose())
    for await (const result of client.iterate({ query, variables: { ...variables } })) yield toldBy(result)
  },
  SSE: async function* listen({ url }, who, query, variables = {}) {
    for await (const { result } of subscribeOverSse(url, query, { ...variables }, headersOf(who))) yield toldBy(result)
  },
} satisfies Readonly<Record<string, Listen>>

function publicLinks(publicMagnetlinks: boolean): DomainEvent {
  const data = { ...defaultSettings, publicMagnetlinks }
  return { type: 'SettingsChanged', communityId: facts.COMMUNITY, data }
}

const transports = Object.values(listens)

test('who is bound to a community is told of it and of the node alone, of what was and what is', async () => {
  const authenticate = knowing({ viewer: callerOf('VIEWER', [OTHER]), auditor: callerOf('AUDITOR') })
  const api = await openApi({ ports: { authenticate } })
  await recordFacts(api.stores.log, history)
  const [overWebSocket, overSse] = transports.map(async (listen) => take(listen(api, 'auditor', SIGNALS), told.length))
  const all = (await overWebSocket) as Told[]
  const readable = all.filter(({ communityId }) => communityId === null || communityId === OTHER)
  expect(await overSse).toEqual(all)
  expect(new Set(all.map(({ communityId }) => communityId))).toEqual(new Set([facts.COMMUNITY, OTHER, null]))

  const heard = transports.map(async (listen) => take(listen(api, 'viewer', SIGNALS), readable.length + 2))
  await recordFacts(api.stores.log, [
    facts.communityAdded(),
    { ...facts.communityLeft, communityId: OTHER },
    facts.communityLeft,
    { type: 'ProtocolEnabled', data: {} },
  ])
  const readableNow = [
    ...readable,
    { __typename: 'CommunityLeft', communityId: OTHER, community: { communityId: OTHER } },
    { __typename: 'HistoryArchivesProtocolEnabled', communityId: null, community: null },
  ]
  expect(await Promise.all(heard)).toEqual([readableNow, readableNow])
})

test.each([
  ['switched off', publicLinks(false)],
  ['left', facts.communityLeft],
])('links are public until their community is %s', async (_how, end) => {
  const api = await openApi({ ports: { authenticate: knowing({ viewer: callerOf('VIEWER', [facts.COMMUNITY]) }) } })
  const follow = (who: string | null) => transports.map((listen) => listen(api, who, LINKS, { id: facts.COMMUNITY }))
  const nextOf = async (streams: ReturnType<typeof follow>) =>
    Promise.all(streams.map(async (stream) => (await stream.next()).value))
  await recordFacts(api.stores.log, [facts.communityAdded(), facts.magnetlinkDispatched(1, 1)])
  expect(await nextOf(follow(null))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED'])

  await recordFacts(api.stores.log, [publicLinks(true)])
  const [anybody, viewer] = [follow(null), follow('viewer')]
  expect(await nextOf([...anybody, ...viewer])).toEqual(Array.from({ length: 4 }, () => ({ clock: '1' })))
  const next = nextOf(viewer)
  await recordFacts(api.stores.log, [end])
  expect(await nextOf(anybody)).toEqual([undefined, undefined])

  await recordFacts(api.stores.log, [facts.magnetlinkDispatched(1, 2)])
  expect(await next).toEqual([{ clock: '2' }, { clock: '2' }])
  expect(await nextOf(follow(null))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED'])
})

test('whose token is over is told nothing more, neither signals nor samples', async () => {
  const over = new AbortController()
  const viewer = callerOf('VIEWER', null, over.signal)
  const api = await openApi({ ports: { authenticate: knowing({ viewer }) } })
  await recordFacts(api.stores.log, [facts.communityAdded()])
  const stats = `subscription { torrentStats(communityId: "${facts.COMMUNITY}") { infoHash } }`
  const streams = transports.flatMap((listen) => [listen(api, 'viewer', SIGNALS), listen(api, 'viewer', stats)])
  for (const each of streams) expect((await each.next()).done).toBe(false)

  // How a transport says that it is over is its own affair.
  const next = streams.map(async (each) => each.next().catch(() => ({ done: true })))
  over.abort()
  await recordFacts(api.stores.log, [facts.communityLeft])
  expect((await Promise.all(next)).map(({ done }) => done)).toEqual([true, true, true, true])
})
