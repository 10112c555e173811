import { request } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import WebTorrent from 'webtorrent'
import { describe, expect, onTestFinished, test } from 'vitest'
import { magnetUriOf } from '../../../src/domain/magnet.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { portOf, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture } from '../../support/torrent-fixture.ts'
import { announcePath, ask, KNOWN, peersOf, percent, startTracker, UNKNOWN } from '../../support/tracker-host.ts'

const SELF = { address: '127.0.0.1', port: 6_881 }

describe('an HTTP announce', () => {
  test('is told of the node first, and then of the others', async () => {
    const host = await startTracker()
    host.tracker.announceSelf([KNOWN], SELF)
    for (let port = 1; port <= 20; port += 1) await ask(host, announcePath(port))

    const answer = await ask(host, announcePath(21, '&compact=1&numwant=10'))

    expect(answer).toMatchObject({ complete: 22, incomplete: 0, interval: 600 })
    expect(peersOf(answer)).toHaveLength(10)
    expect(peersOf(answer)[0]).toBe('127.0.0.1:6881')
    expect(peersOf(answer)).not.toContain('127.0.0.1:21')
  })

  test.each(['', '&compact=0', '&compact=1'])('is answered in the compact form, asked for with "%s"', async (extra) => {
    const host = await startTracker()
    await ask(host, announcePath(1))

    expect(peersOf(await ask(host, announcePath(2, extra)))).toEqual(['127.0.0.1:1'])
  })

  test('counts both of two peers that come at once', async () => {
    const host = await startTracker()
    await Promise.all([ask(host, announcePath(1)), ask(host, announcePath(2)), ask(host, announcePath(3))])

    expect(await ask(host, `/scrape?info_hash=${percent(KNOWN)}`)).toMatchObject({
      files: { [Buffer.from(KNOWN, 'hex').toString('latin1')]: { complete: 3, incomplete: 0 } },
    })
  })

  test('forgets who stops, and the node where it no longer serves', async () => {
    const host = await startTracker()
    host.tracker.announceSelf([KNOWN], SELF)
    await ask(host, announcePath(1))
    host.tracker.announceSelf([KNOWN], { ...SELF, port: 6_882 })
    expect(peersOf(await ask(host, announcePath(2))).toSorted()).toEqual(['127.0.0.1:1', '127.0.0.1:6882'])

    await ask(host, announcePath(1, '&compact=1&event=stopped'))
    host.tracker.announceSelf([], SELF)

    expect(peersOf(await ask(host, announcePath(2)))).toEqual([])
  })

  test('of a torrent that the node neither seeds nor follows is refused', async () => {
    const host = await startTracker()

    expect(await ask(host, announcePath(1, '', UNKNOWN))).toEqual({
      'failure reason': 'this tracker does not know the torrent',
    })
  })

  test('is refused when one address has 32 peers of the torrent already', async () => {
    const host = await startTracker()
    for (let port = 1; port <= 32; port += 1) await ask(host, announcePath(port))

    expect(await ask(host, announcePath(33))).toEqual({ 'failure reason': 'too many peers of one address' })
    expect(await ask(host, announcePath(32))).toMatchObject({ complete: 32 })
  })
})

describe('a malformed request', () => {
  test.each<[string, string, string]>([
    ['nothing', '/announce', 'invalid info_hash'],
    ['a short info hash', '/announce?info_hash=abc', 'invalid info_hash'],
    ['two info hashes', announcePath(1, `&info_hash=${percent(KNOWN)}`), 'invalid info_hash'],
    ['characters that are no bytes', `/announce?info_hash=${'%u1234'.repeat(20)}`, 'malformed query'],
    ['no peer id', `/announce?info_hash=${percent(KNOWN)}`, 'invalid peer_id'],
    ['a fraction of a port', announcePath(1).replace('port=1', 'port=1.5'), 'invalid port'],
    ['a port over 16 bits', announcePath(65_536), 'invalid port'],
    ['an unknown form of answer', announcePath(1, '&compact=2'), 'invalid compact'],
    ['an unknown event', announcePath(1, '&event=__proto__'), 'invalid event'],
    ['a number that is none', announcePath(1, '&numwant=many'), 'invalid numwant'],
    ['a scrape of everything', '/scrape', 'invalid info_hash'],
    [
      'a scrape of an unknown torrent',
      `/scrape?info_hash=${percent(UNKNOWN)}`,
      'this tracker does not know the torrent',
    ],
    ['too large a scrape', `/scrape?${`info_hash=${percent(KNOWN)}&`.repeat(75)}`, 'invalid info_hash'],
  ])('with %s gets the reason', async (_what, path, reason) => {
    const host = await startTracker()
    await ask(host, announcePath(9))

    expect(await ask(host, path)).toEqual({ 'failure reason': reason })
  })

  test.each(['999999999999', '-1'])('with numwant=%s gets as many peers as fit', async (numwant) => {
    const host = await startTracker()
    await ask(host, announcePath(1))

    expect(peersOf(await ask(host, announcePath(2, `&compact=1&numwant=${numwant}`))).length).toBeLessThanOrEqual(1)
  })

  test('never ends the process, whatever the query says', async () => {
    const host = await startTracker()
    const name = fc.constantFrom(
      'info_hash',
      'peer_id',
      'port',
      'compact',
      'event',
      'numwant',
      'left',
      'ip',
      '__proto__',
    )
    const value = fc.oneof(fc.constantFrom('', '-1', '1.5', '1e9', '%', '%ff', '%u0000', percent(KNOWN)), fc.string())
    const query = fc.array(fc.tuple(name, value), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.nat(70_000), query, fc.constantFrom('/announce', '/scrape'), async (port, fields, path) => {
        const extra = fields
          .map(([field, text]) => `&${field}=${/%/.test(text) ? text : encodeURIComponent(text)}`)
          .join('')
        const answer = await ask(host, announcePath(port, extra).replace('/announce', path))
        expect(Object.keys(answer).length).toBeGreaterThan(0)
      }),
      { numRuns: 200 },
    )
    // One more to enter could be one too many of one address.
    expect(await ask(host, announcePath(1, '&compact=1&event=stopped'))).toHaveProperty('interval')
  })

  test('of another method or path is not an announce', async () => {
    const { port } = await startTracker()
    const status = async (path: string, method: string): Promise<number | undefined> => {
      const sent = request({ port, path, method }).end()
      const [response] = (await once(sent, 'response')) as [{ statusCode?: number; resume(): void }]
      response.resume()
      return response.statusCode
    }

    expect(await status('/announce', 'POST')).toBe(405)
    expect(await status('/announcement', 'GET')).toBe(404)
  })

  test('over a connection that closes at once leaves the tracker answering', async () => {
    const host = await startTracker()
    for (let times = 0; times < 20; times += 1) {
      const socket = connect(host.port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(`GET ${announcePath(1)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
      socket.resetAndDestroy()
    }

    expect(await ask(host, announcePath(1))).toHaveProperty('interval')
  })
})

test('a stopped tracker refuses, and stops once', async () => {
  const host = await startTracker({ udp: { host: '127.0.0.1', port: 0 } })
  await host.tracker.stop()
  await host.tracker.stop()

  expect(await ask(host, announcePath(1))).toEqual({ 'failure reason': 'the tracker is stopped' })
})

test('a magnet link that names the tracker is enough for a plain client', async () => {
  const folder = createTemporaryFolder()
  const { torrent, bytes } = writeTorrentFixture(folder, { seed: 7, dataPieces: 2, indexBytes: 500 })
  const seeder = await startTorrentClient()
  await seeder.serve(torrent)
  const { tracker, port } = await startTracker({ isKnown: (infoHash) => infoHash === torrent.infoHash })
  tracker.announceSelf([torrent.infoHash], { address: '127.0.0.1', port: portOf(seeder) })
  const magnet = magnetUriOf(torrent.infoHash, torrent.communityId, [`http://127.0.0.1:${port}/announce`])
  const path = join(folder, 'leecher')
  mkdirSync(path)
  const leecher = new WebTorrent({
    torrentPort: { port: 0, host: '127.0.0.1' },
    dht: false,
    lsd: false,
    natUpnp: false,
    natPmp: false,
    utp: false,
  })
  onTestFinished(() => new Promise<void>((resolve) => leecher.destroy(() => resolve())))

  const download = leecher.add(magnet, { path })
  await once(download, 'done')

  expect(download.length).toBe(bytes.length)
})
