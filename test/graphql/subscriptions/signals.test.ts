import { createClient, type Client } from 'graphql-ws'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import * as facts from '../../support/community-facts.ts'
import { askData } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { history, OTHER, told } from '../../support/signal-history.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'

const SIGNALS = `subscription Signals($after: String, $communityId: CommunityId) {
  signals(after: $after, communityId: $communityId) { __typename cursor position communityId occurredAt }
}`

interface Signal {
  readonly __typename: string
  readonly cursor: string
  readonly position: string
  readonly communityId: CommunityId | null
}

type Subscribe = (variables: Record<string, unknown>) => AsyncIterable<unknown>

function overWebSocket(client: Client): Subscribe {
  return async function* subscribe(variables) {
    for await (const { data, errors } of client.iterate<{ signals: Signal }>({ query: SIGNALS, variables })) {
      yield data?.signals ?? errors?.[0]?.extensions?.['code']
    }
  }
}

function overSse({ url }: OpenApi): Subscribe {
  return async function* subscribe(variables) {
    for await (const { id, result } of subscribeOverSse(url, SIGNALS, variables)) {
      const data = result.data as { signals: Signal } | undefined
      if (data !== undefined) expect(id).toBe(data.signals.cursor)
      yield data?.signals ?? (result.errors?.[0]?.extensions as { code?: string } | undefined)?.code
    }
  }
}

/** The first `count` that a subscription gives; then it is dropped. */
async function take(count: number, items: AsyncIterable<unknown>): Promise<readonly Signal[]> {
  const taken: Signal[] = []
  for await (const item of items) {
    taken.push(item as Signal)
    if (taken.length === count) break
  }
  return taken
}

let api: OpenApi
let client: Client

beforeEach(async () => {
  api = await openApi()
  client = createClient({ url: api.url.replace('http', 'ws'), retryAttempts: 0 })
  onTestFinished(async () => client.dispose())
})

describe.each(['WebSocket', 'SSE'])('signals over %s', (transport) => {
  let subscribe: Subscribe

  beforeEach(async () => {
    subscribe = transport === 'SSE' ? overSse(api) : overWebSocket(client)
    await recordFacts(api.stores.log, history)
  })

  test('dropped and resumed at every position, it gives what one unbroken subscription gives', async () => {
    const unbroken = await take(told.length, subscribe({ after: 'START' }))
    expect(unbroken.map(({ __typename }) => __typename)).toEqual(told)

    for (let dropped = 1; dropped < told.length; dropped += 1) {
      const before = await take(dropped, subscribe({ after: 'START' }))
      const after = await take(told.length - dropped, subscribe({ after: before.at(-1)?.cursor }))
      expect([...before, ...after]).toEqual(unbroken)
    }
  })

  test('goes from the backlog to what happens now, without a gap', async () => {
    const all = take(told.length + 2, subscribe({ after: 'START' }))
    await recordFacts(api.stores.log, [facts.communityAdded(), facts.communityLeft])

    expect((await all).map(({ __typename }) => __typename)).toEqual([...told, 'CommunityAdded', 'CommunityLeft'])
  })

  test('tells of one community and of the node as a whole', async () => {
    const [first, ...rest] = await take(4, subscribe({ after: 'START', communityId: OTHER }))

    expect(first).toMatchObject({ __typename: 'CommunityAdded', communityId: OTHER })
    expect(rest.map(({ communityId }) => communityId)).toEqual([null, null, null])
  })

  test('refuses cursors that no log, another log or a longer log gave out', async () => {
    const { logId } = api.stores.log
    const another = Buffer.from('00000000-0000-4000-8000-000000000000:1').toString('base64url')
    const beyond = Buffer.from(`${logId}:${history.length + 1}`).toString('base64url')

    expect(await take(1, subscribe({ after: 'xyz' }))).toEqual(['CURSOR_MALFORMED'])
    expect(await take(1, subscribe({ after: '' }))).toEqual(['CURSOR_MALFORMED'])
    expect(await take(1, subscribe({ after: another }))).toEqual(['CURSOR_NOT_IN_THIS_LOG'])
    expect(await take(1, subscribe({ after: beyond }))).toEqual(['CURSOR_NOT_IN_THIS_LOG'])
  })
})

test('over SSE, Last-Event-ID wins over the cursor in the document', async () => {
  await recordFacts(api.stores.log, history)
  const [, second] = await take(2, overWebSocket(client)({ after: 'START' }))

  const results = subscribeOverSse(api.url, SIGNALS, { after: 'START' }, { 'last-event-id': second?.cursor ?? '' })
  for await (const { result } of results) {
    expect(result.data).toMatchObject({ signals: { __typename: told[2] } })
    break
  }
})

test('over SSE, a GET as browsers send it is answered', async () => {
  await recordFacts(api.stores.log, history)
  const query = new URLSearchParams({ query: 'subscription { signals(after: "START") { __typename } }' })
  const headers = { accept: 'text/event-stream' }
  const { headers: answered, body } = await fetch(`${api.url}?${query.toString()}`, { headers })

  expect(answered.get('content-type')).toBe('text/event-stream')
  let text = ''
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if (text.includes('CommunityAdded')) break
  }
  expect(text).toMatch(/^:\n\nid: [\w-]+\nevent: next\ndata: {"data":{"signals":{"__typename":"CommunityAdded"}}}\n\n/)
})

test('magnetlinks gives each dispatch of one community, and resumes behind a cursor', async () => {
  await recordFacts(api.stores.log, [...history.slice(0, -2), facts.magnetlinkDispatched(1, 2000)])
  const query = `subscription($id: CommunityId!, $after: String) { magnetlinks(communityId: $id, after: $after) { clock cursor } }`
  const read = async (after: string, count: number): Promise<readonly { clock: string; cursor: string }[]> => {
    const links = []
    for await (const { data } of client.iterate<{ magnetlinks: { clock: string; cursor: string } }>({
      query,
      variables: { id: facts.COMMUNITY, after },
    })) {
      if (data != null) links.push(data.magnetlinks)
      if (links.length === count) break
    }
    return links
  }

  const links = await read('START', 2)
  expect(links.map(({ clock }) => clock)).toEqual(['1000', '2000'])
  expect(await read(links[0]?.cursor ?? '', 1)).toEqual([links[1]])
  const current = await askData(api.url, `{ currentMagnetlink(communityId: "${facts.COMMUNITY}") { clock cursor } }`)
  expect(current).toEqual({ currentMagnetlink: links[1] })
})
