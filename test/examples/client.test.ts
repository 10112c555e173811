import { ok } from '../../src/domain/result.ts'
import { expect, onTestFinished, test } from 'vitest'
import { followSignals } from '../../examples/client/follow-signals.ts'
import { openWithUrql } from '../../examples/client/with-urql.ts'
import { openApi, type OpenApi } from '../support/open-api.ts'
import { openRelay } from '../support/relay.ts'

const TOPICS = ['0xaabbccdd']

async function openNode(options: Parameters<typeof openApi>[0] = {}): Promise<OpenApi & { readonly base: string }> {
  const api = await openApi(options)
  return { ...api, base: api.url.replace(/\/graphql$/, '') }
}

test('urql adds a community, once for each key, reads it back, and is told', async () => {
  const { base } = await openNode()
  const urql = openWithUrql({ url: base, token: null })
  onTestFinished(urql.close)
  const told = new Promise<string | undefined>((resolve) => {
    const { unsubscribe } = urql.signals('START').subscribe(({ data }) => resolve(data?.signals.__typename))
    onTestFinished(unsubscribe)
  })

  const communityId = await urql.addCommunity(TOPICS, 'plum')

  expect(await urql.addCommunity(TOPICS, 'plum')).toBe(communityId)
  expect(await urql.readCommunities()).toMatchObject([{ communityId, role: 'CONTROL_NODE', magnetlink: null }])
  expect(await told).toBe('CommunityAdded')
  await expect(urql.addCommunity([...TOPICS, ...TOPICS], 'pear')).rejects.toThrow('ContentTopicRepeated')
})

test('what the node says is told where it wants a token', async () => {
  const { base } = await openNode({ ports: { authenticate: async () => ok(null) } })
  const urql = openWithUrql({ url: base, token: null })
  onTestFinished(urql.close)
  await expect(urql.readCommunities()).rejects.toThrow(/^Cannot read the communities of .*Send a token/)
})

test('signals go on where they ended when the connection is lost', async () => {
  const { base, port } = await openNode()
  const urql = openWithUrql({ url: base, token: null })
  onTestFinished(urql.close)
  await urql.addCommunity(TOPICS, 'one')
  const relay = await openRelay(port)
  const signals = followSignals({ url: `http://127.0.0.1:${relay.port}`, token: null }, 'START', 10)
  const first = await signals.next()
  relay.cut()
  const second = await signals.next()
  await urql.addCommunity(TOPICS, 'two')
  const third = await signals.next()
  const fourth = await signals.next()
  relay.cut()

  expect([first, second, third, fourth].map(({ value }) => value.__typename)).toEqual([
    'CommunityAdded',
    'ArchivingEnabled',
    'CommunityAdded',
    'ArchivingEnabled',
  ])
  expect(relay.connections()).toBe(2)
  await signals.return(undefined as never)
})

test('a cursor that is none is refused, and not asked for again', async () => {
  const { base } = await openNode()
  const signals = followSignals({ url: base, token: null }, 'plum')
  await expect(signals.next()).rejects.toThrow('CURSOR_MALFORMED')
})
