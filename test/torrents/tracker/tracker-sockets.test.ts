import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { announcePath, ask, KNOWN, startTracker, UNKNOWN, type TrackerHost } from '../../support/tracker-host.ts'

const OFFER = { offer: { type: 'offer', sdp: 'v=0' }, offer_id: 'o'.repeat(20) }

describe('WebSocket peers', () => {
  test('are handed offers and answers of each other', async () => {
    const host = await startTracker()
    const [one, other] = [await connect(host), await connect(host)]
    await say(one, announcement('a'))

    const [offer, response] = await Promise.all([hear(one), say(other, { ...announcement('b'), offers: [OFFER] })])
    expect(offer).toMatchObject({ ...OFFER, peer_id: 'b'.repeat(20), info_hash: latin1(KNOWN) })
    expect(response).toMatchObject({ action: 'announce', complete: 0, incomplete: 2, interval: 120 })

    const answer = { type: 'answer', sdp: 'v=0' }
    one.send(JSON.stringify({ ...announcement('a'), answer, offer_id: OFFER.offer_id, to_peer_id: 'b'.repeat(20) }))
    expect(await hear(other)).toMatchObject({ answer, offer_id: OFFER.offer_id, peer_id: 'a'.repeat(20) })
  })

  test('are gone when their connection is, all that it entered', async () => {
    const host = await startTracker()
    const leaving = await connect(host)
    await say(leaving, announcement('a'))
    await say(leaving, announcement('b'))
    const staying = await connect(host)
    expect(await say(staying, announcement('c'))).toMatchObject({ incomplete: 3 })

    leaving.terminate()

    await expect.poll(() => say(staying, announcement('c'))).toMatchObject({ incomplete: 1 })
  })

  test('belong to the connection that announced them last', async () => {
    const host = await startTracker()
    const [before, after, asker] = [await connect(host), await connect(host), await connect(host)]
    await say(before, announcement('a'))
    await say(after, announcement('a'))
    expect(await say(before, { ...announcement('a'), event: 'stopped' })).toMatchObject({
      'failure reason': 'the peer is not of this connection',
    })
    before.terminate()
    await once(before, 'close')

    asker.send(JSON.stringify({ ...announcement('b'), offers: [OFFER] }))

    expect(await hear(after)).toMatchObject({ offer_id: OFFER.offer_id })
  })

  test('of a torrent that the node neither seeds nor follows are refused', async () => {
    const socket = await connect(await startTracker())

    expect(await say(socket, { ...announcement('a'), info_hash: latin1(UNKNOWN) })).toMatchObject({
      'failure reason': 'this tracker does not know the torrent',
    })
  })

  test('can scrape what they name', async () => {
    const socket = await connect(await startTracker())
    await say(socket, announcement('a'))

    expect(await say(socket, { action: 'scrape', info_hash: latin1(KNOWN) })).toMatchObject({
      files: { [latin1(KNOWN)]: { complete: 0, incomplete: 1 } },
    })
  })
})

describe('a malformed message', () => {
  test.each<[string, string]>([
    ['no JSON', '{'],
    ['null', 'null'],
    ['no action', '{}'],
    ['a number for an info hash', JSON.stringify({ ...announcement('a'), info_hash: 5 })],
    ['characters that are no bytes', JSON.stringify({ ...announcement('a'), info_hash: '\u1234'.repeat(20) })],
    ['a short peer id', JSON.stringify({ ...announcement('a'), peer_id: 'a' })],
    ['an unknown event', JSON.stringify({ ...announcement('a'), event: 'constructor' })],
    ['offers that are none', JSON.stringify({ ...announcement('a'), offers: [null] })],
    ['an answer to nobody', JSON.stringify({ ...announcement('a'), answer: {} })],
    ['a scrape of a number', '{"action":"scrape","info_hash":5}'],
    ['a scrape with offers', JSON.stringify({ action: 'scrape', info_hash: latin1(KNOWN), offers: [] })],
    ['a scrape with an answer', JSON.stringify({ action: 'scrape', info_hash: latin1(KNOWN), answer: {} })],
    ['a scrape of everything', '{"action":"scrape"}'],
    ['a scrape of an unknown torrent', JSON.stringify({ action: 'scrape', info_hash: latin1(UNKNOWN) })],
  ])('(%s) gets the reason, and its connection is closed', async (_what, text) => {
    const host = await startTracker()
    await say(await connect(host), announcement('z'))
    const socket = await connect(host)

    const closed = once(socket, 'close')
    socket.send(text)

    expect(await hear(socket)).toHaveProperty('failure reason')
    expect((await closed)[0]).toBe(1008)
    expect(await say(await connect(host), announcement('y'))).toMatchObject({ incomplete: 2 })
  })

  test('never ends the process, whatever its fields hold', async () => {
    const host = await startTracker()
    await say(await connect(host), announcement('z'))
    const field = fc.constantFrom(
      'action',
      'offers',
      'answer',
      'to_peer_id',
      'offer_id',
      'event',
      'left',
      'numwant',
      'peer_id',
    )
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('scrape', 'z'.repeat(20), [OFFER], [{}], { length: 9 }, 'stopped'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, value), { maxLength: 4 }), async (fields) => {
        const socket = await connect(host)
        socket.send(JSON.stringify({ ...announcement('a'), ...Object.fromEntries(fields) }))
        socket.send('end')
        await once(socket, 'close')
      }),
      { numRuns: 100 },
    )
    expect(await ask(host, announcePath(1))).toHaveProperty('interval')
  })

  test('of more than 256 KiB closes the connection', async () => {
    const host = await startTracker()
    const socket = await connect(host)

    socket.send(JSON.stringify({ ...announcement('a'), offers: 'x'.repeat(262_144) }))

    expect((await once(socket, 'close'))[0]).toBe(1009)
    expect(await say(await connect(host), announcement('a'))).toMatchObject({ incomplete: 1 })
  })

  test('is refused before it is one, on another path and after the tracker stopped', async () => {
    const host = await startTracker()
    await expect(connect(host, '/elsewhere')).rejects.toThrow('socket hang up')
    const socket = await connect(host)

    await host.tracker.stop()

    expect((await once(socket, 'close'))[0]).toBe(1006)
    await expect(connect(host)).rejects.toThrow('socket hang up')
  })
})

async function connect({ port }: TrackerHost, path = '/announce'): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

async function say(socket: WebSocket, message: object): Promise<unknown> {
  socket.send(JSON.stringify(message))
  return hear(socket)
}

async function hear(socket: WebSocket): Promise<unknown> {
  const [data] = (await once(socket, 'message')) as [Buffer]
  return JSON.parse(data.toString())
}

function announcement(letter: string): Record<string, unknown> {
  return { action: 'announce', info_hash: latin1(KNOWN), peer_id: letter.repeat(20), left: 1, event: 'started' }
}

function latin1(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1')
}
