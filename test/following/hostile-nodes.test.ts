import { describe, expect, test } from 'vitest'
import { answering, linkMessage, openFakeNode, type Answer } from '../support/fake-node.ts'
import { recordFollow } from '../support/recorded-follow.ts'

/** Waits as long as there is to wait, so that nobody comes back in these tests. */
const patient = { random: () => 1 }
const ack = answering()
const errorOf = (code: unknown): object => ({
  id: '1',
  type: 'error',
  payload: [{ message: 'no', extensions: { code } }],
})

describe('a node that', () => {
  const cases: readonly (readonly [what: string, answer: Answer | number, code: string, detail: string | null])[] = [
    ['sends a long message', answering('x'.repeat(65_537)), 'MESSAGE_TOO_LONG', 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'],
    ['sends no JSON', answering('{'), 'PROTOCOL_VIOLATED', null],
    ['sends no message', answering('{"type":["next"]}'), 'PROTOCOL_VIOLATED', null],
    ['sends deep JSON', answering('['.repeat(60_000)), 'PROTOCOL_VIOLATED', null],
    ['sends bytes', answering(Buffer.from('{"type":"ping"}')), 'PROTOCOL_VIOLATED', null],
    ['sends what only clients send', answering({ type: 'connection_init' }), 'PROTOCOL_VIOLATED', null],
    ['acknowledges twice', answering({ type: 'connection_ack' }), 'PROTOCOL_VIOLATED', null],
    ['answers what nobody asked', answering({ ...linkMessage(1), id: '2' }), 'PROTOCOL_VIOLATED', null],
    ['answers too early', (socket) => socket.send(JSON.stringify(linkMessage(1))), 'PROTOCOL_VIOLATED', null],
    ['breaks the frames', (socket) => socket.send('x', { mask: true }), 'PROTOCOL_VIOLATED', 'WS_ERR_UNEXPECTED_MASK'],
    ['ends the subscription', answering({ id: '1', type: 'complete' }), 'CLOSED', null],
    ['closes as if all were well', (socket) => socket.close(1000), 'CLOSED', '1000'],
    ['wants a token', (socket) => socket.close(4403, 'Forbidden'), 'UNAUTHORIZED', '4403'],
    ['wants a token before', 401, 'UNAUTHORIZED', '401'],
    ['redirects', 302, 'HANDSHAKE_REFUSED', '302'],
    ['answers an error', answering(errorOf('COMMUNITY_SECRET')), 'REMOTE_ERROR', 'COMMUNITY_SECRET'],
    ['asks for a token', answering(errorOf('UNAUTHENTICATED')), 'UNAUTHORIZED', 'UNAUTHENTICATED'],
    ['answers an error that is none of ours', answering(errorOf('<b>\n')), 'REMOTE_ERROR', null],
    [
      'answers an error with a link',
      answering({ id: '1', type: 'next', payload: { errors: [null] } }),
      'REMOTE_ERROR',
      null,
    ],
    ['breaks off', (socket) => socket.terminate(), 'CLOSED', '1006'],
  ]

  test.each(cases)('%s is left alone for a while', async (_what, answer, code, detail) => {
    const node = await openFakeNode(answer)
    const { waits, links, faults, clock } = recordFollow(node.url, patient)
    expect(await waits()).toEqual({ status: 'WAITING', code, detail, nextTryAt: clock.now() + 1000 })
    expect(node.requests).toHaveLength(1)
    expect({ links, faults }).toEqual({ links: [], faults: [] })
  })

  test('never acknowledges is given up', async () => {
    const node = await openFakeNode(() => undefined)
    const { waits } = recordFollow(node.url, { ...patient, limits: { handshakeMs: 50 } })
    expect(await waits()).toMatchObject({ code: 'TIMED_OUT' })
  })

  test('falls silent is given up; one that answers pings is not', async () => {
    const silent = await openFakeNode((socket, message) => {
      ack(socket, message)
      if (message['type'] === 'subscribe') socket.pause()
    })
    const quiet = await openFakeNode(ack)
    const limits = { silenceMs: 150 }
    const listening = recordFollow(quiet.url, { ...patient, limits })
    const { waits } = recordFollow(silent.url, { ...patient, limits })
    expect(await waits()).toMatchObject({ code: 'TIMED_OUT' })
    expect(listening.follow.state()).toEqual({ status: 'CONNECTED' })
  })

  test('is not there is tried again, later each time, and at last once a minute', async () => {
    const waitsMs: number[] = []
    const { waits, clock } = recordFollow('ws://127.0.0.1:1/graphql', patient)
    for (let n = 1; n <= 8; n += 1) {
      const { nextTryAt, code, detail } = await waits(n)
      expect({ code, detail }).toEqual({ code: 'UNREACHABLE', detail: 'ECONNREFUSED' })
      waitsMs.push(nextTryAt - clock.now())
      clock.advanceTo(nextTryAt)
    }
    expect(waitsMs).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  })
})

describe('links that are none', () => {
  const malformed: readonly object[] = [
    { cursor: null },
    { cursor: 'c'.repeat(257) },
    { communityId: `0x${'0'.repeat(64)}` },
    { clock: 5 },
    { clock: '05' },
    { clock: '9007199254740992' },
    { clock: '-1' },
    { magnetUri: '' },
    { magnetUri: 'm'.repeat(8193) },
    { publicKey: 'A1'.repeat(32) },
    { publicKey: 'a1'.repeat(33) },
    { signature: 'b2'.repeat(63) },
    { signature: ['b2'.repeat(64)] },
  ]

  test('are counted, and nothing else is done for them', async () => {
    const bare = [null, {}, { magnetlinks: null }, { magnetlinks: [] }, 'x']
    const answers = bare.map((data) => ({ id: '1', type: 'next', payload: { data } }))
    const node = await openFakeNode(
      answering(linkMessage(1), ...malformed.map((fields) => linkMessage(2, fields)), ...answers, linkMessage(3)),
    )
    const { follow, links, hasLinks } = recordFollow(node.url, patient)
    await hasLinks(2)
    expect(links.map(({ cursor }) => cursor)).toEqual(['cursor-1', 'cursor-3'])
    await follow.stop()
    expect(follow.counts()).toEqual({ links: 2, malformed: malformed.length + answers.length })
  })

  test('or that are not believed come to an end after a hundred', async () => {
    const node = await openFakeNode(
      answering(...Array.from({ length: 150 }, (_, n) => linkMessage(n, n % 2 ? {} : { clock: 1 }))),
    )
    const { waits, follow } = recordFollow(node.url, { ...patient, onLink: async () => 'REFUSED' })
    expect(await waits()).toMatchObject({ code: 'TOO_MANY_REFUSED' })
    expect(follow.counts()).toEqual({ links: 50, malformed: 50 })
  })
})

test('a flood of pings that nobody reads the answers of is cut off', async () => {
  const node = await openFakeNode((socket, message) => {
    ack(socket, message)
    if (message['type'] !== 'subscribe') return
    socket.pause()
    const flood = (): void => {
      if (socket.readyState !== socket.OPEN) return
      for (let n = 0; n < 5000; n += 1) socket.ping(Buffer.alloc(125))
      socket.ping(Buffer.alloc(125), false, () => setImmediate(flood))
    }
    flood()
  })
  const { waits } = recordFollow(node.url, patient)
  expect(await waits()).toMatchObject({ code: 'TIMED_OUT' })
})
