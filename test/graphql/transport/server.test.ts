import { once } from 'node:events'
import { connect } from 'node:net'
import { createClient } from 'graphql-ws'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import * as facts from '../../support/community-facts.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { promisedMs } from '../../support/promised-ms.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'

test('a server that stops ends every subscription and connection, and is soon gone', async () => {
  const { url, port, stores, server, faults } = await openApi({
    extra: { handleRequest: () => false, handleUpgrade: ({ url: path }) => path === '/announce' },
  })
  await recordFacts(stores.log, facts.ready)
  const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0 })
  onTestFinished(async () => client.dispose())
  const closed = new Promise<unknown>((resolve) => client.on('closed', resolve))
  const query = 'subscription { signals(after: "START") { __typename } }'
  const overWebSocket = client.iterate({ query })
  await overWebSocket.next()
  const overSse = subscribeOverSse(url, query)
  await overSse.next()
  await overSse.next()
  const idle = connect(port, '127.0.0.1')
  await once(idle, 'connect')
  idle.write('GET /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  const silent = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
  await once(silent, 'open')
  silent.pause()

  const ended = Promise.allSettled([overWebSocket.next(), overSse.next()])
  const idleClosed = once(idle, 'close')
  idle.resume()
  const began = performance.now()
  await server.close()
  expect(performance.now() - began).toBeLessThan(promisedMs(3_000))

  expect(await closed).toMatchObject({ code: 1001 })
  await ended
  await idleClosed
  silent.terminate()
  await expect(ask(url, '{ status { version } }')).rejects.toThrow(/fetch failed/)
  expect(faults).toEqual([])
})

test('an address that is taken is told', async () => {
  const { port } = await openApi()
  await expect(openApi({ port })).rejects.toThrow(/EADDRINUSE/)
})

test('GraphiQL is served to browsers, with its scripts inside', async () => {
  const { url } = await openApi()
  const response = await fetch(url, { headers: { accept: 'text/html' } })
  expect(response.headers.get('content-type')).toContain('text/html')
  const page = await response.text()
  expect(page).toContain('<title>Seedbank</title>')
  expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="?https?:/)
})

test('status tells of the node', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, [
    { type: 'NodeStarted', data: { runId: facts.runId(1), version: '1.2.3', lastSeenAt: null } },
    { type: 'ProtocolDisabled', data: {} },
  ])
  const query = `{ status { version logId headPosition protocol network uptimeSeconds
    torrentClient { status port openFiles openFilesLimit } parkedReactors { reactor communityId code failures since } } }`

  expect(await askData(url, query)).toEqual({
    status: {
      version: '1.2.3',
      logId: stores.log.logId,
      headPosition: '2',
      protocol: 'DISABLED',
      network: 'ONLINE',
      uptimeSeconds: 0,
      torrentClient: { status: 'UP', port: 6881, openFiles: 40, openFilesLimit: 1024 },
      parkedReactors: [],
    },
  })
})

test('a community shows its archives, torrents and what these do', async () => {
  const { url, stores, stats } = await openApi()
  await recordFacts(stores.log, [...facts.ready, ...facts.served(1), ...facts.served(2)])
  stats.set(facts.infoHash(2), { peers: 3, leechers: 1, uploadBytesPerSecond: 2.5, uploadedBytes: 2 ** 40 })
  const query = `{ community(communityId: "${facts.COMMUNITY}") {
    archivedUpTo seeding
    archives(first: 1) { totalCount edges { cursor node { offset messages infoHash } } pageInfo { hasNextPage endCursor } }
    newest: archives(last: 1) { edges { node { offset } } pageInfo { hasPreviousPage } }
    torrents { infoHash role state isWanted stats { peers leechers uploadBytesPerSecond uploadedBytes } }
  } }`

  expect(await askData(url, query)).toMatchObject({
    community: {
      archivedUpTo: '2023-11-28T22:13:20Z',
      archives: {
        totalCount: 2,
        edges: [{ node: { offset: 0, messages: 3, infoHash: facts.infoHash(1) } }],
        pageInfo: { hasNextPage: true },
      },
      newest: { edges: [{ node: { offset: 102_400 } }], pageInfo: { hasPreviousPage: true } },
      torrents: expect.arrayContaining([
        expect.objectContaining({ infoHash: facts.infoHash(1), role: 'RETIRING', state: 'SERVED', stats: null }),
        expect.objectContaining({
          infoHash: facts.infoHash(2),
          role: 'CURRENT',
          stats: { peers: 3, leechers: 1, uploadBytesPerSecond: 2.5, uploadedBytes: 2 ** 40 },
        }),
      ]),
    },
  })
})

test('torrentStats samples once a second', async () => {
  const { url, stores, stats } = await openApi()
  await recordFacts(stores.log, [...facts.ready, ...facts.served(1)])
  const query = `subscription { torrentStats(communityId: "${facts.COMMUNITY}") { infoHash stats { peers } } }`
  const began = performance.now()
  const samples: unknown[] = []
  for await (const { result } of subscribeOverSse(url, query)) {
    samples.push(result.data)
    stats.set(facts.infoHash(1), { peers: samples.length, leechers: 0, uploadBytesPerSecond: 0, uploadedBytes: 0 })
    if (samples.length === 3) break
  }
  expect(performance.now() - began).toBeGreaterThan(1900)
  expect(samples).toEqual(
    [null, { peers: 1 }, { peers: 2 }].map((peers) => ({
      torrentStats: [{ infoHash: facts.infoHash(1), stats: peers }],
    })),
  )
})

test('communities are paged in the order of their ids', async () => {
  const { url, stores } = await openApi()
  const ids = [3, 1, 2].map((n) => `0x${String(n).repeat(64)}` as typeof facts.COMMUNITY)
  await recordFacts(
    stores.log,
    ids.map((communityId) => ({ type: 'CommunityAdded', communityId, data: { role: 'MEMBER' } })),
  )
  const query = `query($first: Int, $after: String, $last: Int, $before: String) {
    communities(first: $first, after: $after, last: $last, before: $before) {
      totalCount edges { cursor node { communityId } } pageInfo { hasNextPage hasPreviousPage }
    } }`
  const page = async (variables: Record<string, unknown>): Promise<Page['communities']> =>
    (await askData<Page>(url, query, variables)).communities
  interface Page {
    readonly communities: {
      readonly totalCount: number
      readonly edges: readonly { readonly cursor: string; readonly node: { readonly communityId: string } }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean }
    }
  }

  const first = await page({ first: 2 })
  const second = await page({ first: 2, after: first.edges[1]?.cursor })
  expect([...first.edges, ...second.edges].map(({ node }) => node.communityId)).toEqual(ids.toSorted())
  expect([first.totalCount, first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([3, true, false])
  expect((await page({ last: 2 })).edges.map(({ node }) => node.communityId)).toEqual(ids.toSorted().slice(1))
  expect((await page({ last: 2, before: first.edges[1]?.cursor })).edges).toHaveLength(1)
})
