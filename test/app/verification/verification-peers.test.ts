import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import bencode from 'bencode'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { AnnounceUrl } from '../../../src/domain/announce-url.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { filesOf, forgetMessages, openDamagedHistory, type DamagedHistory } from '../../support/damaged-history.ts'
import { flipByte } from '../../support/file-damage.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { startPlainSeeder } from '../../support/plain-seeder.ts'
import { metaOf } from '../../support/sample-wishes.ts'

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  return () => client.stop()
})

/** A tracker that gives everybody the same peer, or none. @returns Its announce URL. */
async function startTracker(onAnnounce: () => void, address: string | null): Promise<AnnounceUrl> {
  const [host = '', port] = address?.split(':') ?? []
  const peer = [...host.split('.').map(Number), Number(port) >> 8, Number(port) & 0xff]
  const peers = Buffer.from(address === null ? [] : peer)
  const tracker = createServer((_request, response) => {
    response.end(bencode.encode({ interval: 1_800, peers }))
    onAnnounce()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void tracker.close())
  await once(tracker, 'listening')
  return `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/announce` as AnnounceUrl
}

/** A history that the messages cannot mend, announced to one tracker. */
async function openUnmendable(tracker: (history: DamagedHistory) => Promise<AnnounceUrl>): Promise<DamagedHistory> {
  const history = await openDamagedHistory()
  forgetMessages(history)
  const { communityId, stores } = history
  await stores.execute(
    { type: 'ChangeSettings', communityId, changes: { trackers: [await tracker(history)] } },
    metaOf(),
  )
  return history
}

describe('what messages cannot mend', () => {
  test('is fetched from peers: the damaged pieces and no others', async () => {
    const history = await openUnmendable(async ({ before: { data, index, torrent } }) => {
      const { address } = await startPlainSeeder(torrent, Buffer.concat([data, index]))
      return startTracker(() => undefined, address)
    })
    const { communityId, paths, before } = history
    flipByte(paths.data, 10)
    const { versions } = await history.verifications(client).ask(communityId, metaOf()).ended
    expect(versions[0]).toMatchObject({ remaining: null, mended: [{ part: 'ARCHIVE', pieces: 1, source: 'PEERS' }] })
    expect(filesOf(paths)).toEqual(before)
    expect((await history.story()).at(-1)).toMatchObject({ type: 'ArchiveRepaired', data: { source: 'PEERS' } })
  })

  test('is no longer fetched once nobody wants it served', async () => {
    const announced = Promise.withResolvers<void>()
    const history = await openUnmendable(async () => startTracker(announced.resolve, null))
    const { communityId, paths, stores } = history
    flipByte(paths.data, 10)
    const verifications = history.verifications(client)
    const asked = verifications.ask(communityId, metaOf())
    await announced.promise
    expect(verifications.running(communityId)).toMatchObject({ stage: 'FETCHING' })
    await stores.execute({ type: 'WithdrawSeeding', communityId }, metaOf())
    await verifications.endUnwantedFetches()
    expect((await asked.ended).versions[0]).toMatchObject({ mended: [], remaining: { pieceCount: 1 }, code: null })
  })
})
