import { describe, expect, test } from 'vitest'
import type { BearerToken } from '../../src/domain/bearer-token.ts'
import { answering, linkMessage, openFakeNode } from '../support/fake-node.ts'
import { recordFollow } from '../support/recorded-follow.ts'

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('one link is handled at a time, in order, and what comes meanwhile waits', async () => {
  const node = await openFakeNode(answering(...Array.from({ length: 300 }, (_, n) => linkMessage(n))))
  let underWay = 0
  let most = 0
  const { links, hasLinks } = recordFollow(node.url, {
    onLink: async () => {
      underWay += 1
      most = Math.max(most, underWay)
      await nextTurn()
      underWay -= 1
      return 'TAKEN'
    },
  })
  await hasLinks(300)
  expect(links.map(({ announcement }) => announcement.clock)).toEqual(Array.from({ length: 300 }, (_, n) => n))
  expect(most).toBe(1)
})

test('a token is shown in both ways in which nodes ask for it, and none where there is none', async () => {
  const node = await openFakeNode(answering())
  const withToken = recordFollow(node.url, { token: 'a.secret' as BearerToken })
  await withToken.isConnected()
  await withToken.follow.stop()
  await recordFollow(node.url).isConnected()
  expect(node.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer a.secret', undefined])
  const inits = node.messages.filter(({ type }) => type === 'connection_init')
  expect(inits.map(({ payload }) => payload)).toEqual([{ authorization: 'Bearer a.secret' }, {}])
})

describe('the host of a node', () => {
  test.each(['ws://127.0.0.1/', 'wss://[::1]:1/', 'ws://192.168.0.1/', 'ws://localhost/', 'ws://printer/'])(
    'is not dialled at %s, where that is not allowed',
    async (url) => {
      const { waits } = recordFollow(url, { allowPrivate: false, random: () => 1 })
      expect(await waits()).toMatchObject({ code: 'ADDRESS_REFUSED' })
    },
  )

  test('is looked up for each connection, and checked each time', async () => {
    const answers = [[], ['203.0.113.9', '10.0.0.1'], ['::ffff:127.0.0.1']]
    const asked: string[] = []
    const { waits, follow } = recordFollow('wss://node.example/graphql', {
      allowPrivate: false,
      resolve: async (name) => answers[asked.push(name) - 1] ?? [],
    })
    expect(await waits(1)).toMatchObject({ code: 'HOST_NOT_FOUND' })
    expect(await waits(2)).toMatchObject({ code: 'ADDRESS_REFUSED' })
    expect(await waits(3)).toMatchObject({ code: 'ADDRESS_REFUSED' })
    await follow.stop()
    expect(new Set(asked)).toEqual(new Set(['node.example']))
  })

  test('is dialled at the address that was checked, under its own name', async () => {
    const node = await openFakeNode(answering())
    const url = `ws://node.invalid:${node.port}/graphql`
    await recordFollow(url, { resolve: async () => ['127.0.0.1'] }).isConnected()
    expect(node.requests[0]?.headers.host).toBe(`node.invalid:${node.port}`)
  })
})

describe('following ends', () => {
  test('while it waits for the next try', async () => {
    const { follow, waits, clock, states } = recordFollow('ws://127.0.0.1:1/graphql', { random: () => 1 })
    await waits()
    await follow.stop()
    expect(clock.nextWakeAt()).toBeNull()
    expect(states).toHaveLength(2)
  })

  test('while the host is looked up', async () => {
    const { follow, states } = recordFollow('ws://node.example/', { resolve: async () => new Promise(() => undefined) })
    await follow.stop()
    expect(states).toEqual([{ status: 'CONNECTING' }])
  })

  test('while it shakes hands, and while it listens', async () => {
    const mute = await openFakeNode(() => undefined)
    const node = await openFakeNode(answering())
    const listening = recordFollow(node.url)
    await listening.isConnected()
    const began = performance.now()
    await Promise.all([listening.follow.stop(), recordFollow(mute.url).follow.stop()])
    expect(performance.now() - began).toBeLessThan(1000)
    expect(listening.states).toHaveLength(2)
  })

  test('behind the link that is being handled, and before the next', async () => {
    const node = await openFakeNode(answering(linkMessage(1), linkMessage(2)))
    const { promise: handled, resolve: handle } = Promise.withResolvers<'TAKEN'>()
    const { promise: began, resolve: begin } = Promise.withResolvers<void>()
    const { follow, links } = recordFollow(node.url, {
      onLink: async () => {
        begin()
        return handled
      },
    })
    await began
    let isOver = false
    const stopped = follow.stop().then(() => (isOver = true))
    await nextTurn()
    expect(isOver).toBe(false)
    handle('TAKEN')
    await stopped
    expect(links.map(({ announcement }) => announcement.clock)).toEqual([1])
  })
})
