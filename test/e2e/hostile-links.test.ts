import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { announcePeer } from '../support/announce-peer.ts'
import { encodeArchive } from '../support/encode-archive.ts'
import { startHostileSupplier } from '../support/hostile-supplier.ts'
import { HOSTILE_TORRENTS } from '../support/hostile-torrents.ts'
import { publishArchives, SOME_METADATA, type PublishedVersion } from '../support/published-version.ts'
import { sampleMessage } from '../support/sample-message.ts'
import { linkOf, seed, seedLink } from '../support/seed-link.ts'
import { startTracker } from '../support/tracker-host.ts'
import { startWatchedMember, type WatchedMember } from '../support/watched-member.ts'

const HASH = 'ab'.repeat(20)
const LINK = `magnet:?xt=urn:btih:${HASH}`

let member: WatchedMember

function startMember(privateAddresses: 'allow' | 'refuse'): void {
  beforeAll(async () => {
    // In plain text, as hostile peers of tests speak no other.
    member = await startWatchedMember({ SEEDBANK_PRIVATE_ADDRESSES: privateAddresses, SEEDBANK_ENCRYPTION: 'off' })
    return () => member.stop()
  })
  afterEach(async () => member.expectUntouched())
}

describe('a link is refused', () => {
  startMember('refuse')

  test.for([
    ['no hash', 'magnet:?dn=nothing', 'MagnetlinkMalformed', 'no BitTorrent v1 info hash'],
    ['a bad hash', `magnet:?xt=urn:btih:${HASH.slice(1)}`, 'MagnetlinkMalformed', 'neither 40 hex digits'],
    ['two hashes', `${LINK}&xt=urn:btih:${'cd'.repeat(20)}`, 'MagnetlinkMalformed', 'more than one'],
    ['the name of another community', `${LINK}&dn=0x03${'ab'.repeat(32)}`, 'OtherCommunity', ''],
    ['a tracker on this machine', `${LINK}&tr=http://127.0.0.1:1/announce`, 'AddressRefused', '127.0.0.1'],
    ['a tracker that resolves to it', `${LINK}&tr=http://localhost:1/announce`, 'AddressRefused', 'localhost'],
    ['a tracker in its network', `${LINK}&tr=udp://192.168.0.1:80`, 'AddressRefused', '192.168.0.1'],
    ['a peer in its network', `${LINK}&x.pe=10.1.2.3:6881`, 'AddressRefused', '10.1.2.3'],
    ['a peer on it', `${LINK}&x.pe=[::1]:6881`, 'AddressRefused', '[::1]'],
    ['a web seed in its network', `${LINK}&ws=http://169.254.169.254/latest/`, 'AddressRefused', '169.254.169.254'],
    ['a source in its network', `${LINK}&xs=http://[fd00::1]/torrent`, 'AddressRefused', '[fd00::1]'],
  ] as const)('with %s', async ([_what, magnetUri, code, named]) => {
    const { submit, files, told, until, leave } = await member.join()
    expect(await submit(magnetUri)).toEqual({ code, message: expect.stringContaining(named) })
    await leave()
    await until('CommunityLeft')
    expect(told.map(({ __typename }) => __typename)).toEqual(['CommunityAdded', 'ArchivingEnabled', 'CommunityLeft'])
    expect(files()).toEqual({})
  })
})

describe('what a link leads to', () => {
  startMember('allow')

  test.for(Object.entries(HOSTILE_TORRENTS))('is refused where it is a torrent with %s', async ([_what, make]) => {
    const { communityId, submit, until, diagnose, files } = await member.join()
    const infoBytes = make(communityId)
    const { magnetUri, seeder } = await seedLink(communityId, {
      infoBytes,
      data: Buffer.alloc(0),
      index: Buffer.alloc(0),
    })
    expect(await submit(magnetUri)).toBeNull()
    expect(await until('DownloadFailed', 'DownloadFinished')).toMatchObject({ failure: 'TORRENT_MALFORMED' })
    expect(await diagnose()).toEqual(['TORRENT_MALFORMED'])
    expect([files(), seeder.requested]).toEqual([{}, []])
  })

  test.for(['METADATA_WITHOUT_END', 'HUGE_METADATA', 'WRONG_PIECES'] as const)(
    'is fetched from another peer than one that gives %s',
    async (manner) => {
      const { communityId, submit, until, told } = await member.join()
      const version = historyOf(communityId)
      const { infoBytes: metadata, infoHash, data } = version
      const tracker = await startTracker({ isKnown: () => true })
      const hostile = await startHostileSupplier({ metadata, torrent: { infoHash } }, manner)
      await announcePeer(tracker, infoHash, hostile.address)
      expect(await submit(linkOf(communityId, version, tracker))).toBeNull()
      await hostile.left
      const good = await seed(version)
      good.dial(await torrentPortOf(member))
      await until('DownloadingHistoryArchivesFinished')
      expect(told.filter(({ failure }) => failure !== undefined)).toEqual([])
      expect(readFileSync(join(member.dataDir, 'archives', communityId, 'data.1')).equals(data)).toBe(true)
    },
  )

  test('leads to none of the peers and other sources that it names', async () => {
    const { communityId, submit, until } = await member.join()
    const { magnetUri } = await seedLink(communityId, historyOf(communityId))
    const dialled: unknown[] = []
    const server = createServer((socket) => dialled.push(socket.destroy())).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const named = `&x.pe=${host}&as=http://${host}/torrent&ws=ws://${host}/&xs=udp://${host}`
    expect(await submit(magnetUri + named)).toBeNull()
    await until('HistoryArchivesSeeding')
    expect(dialled).toEqual([])
  })
})

/** One archive of one message. */
function historyOf(communityId: CommunityId): PublishedVersion {
  const { from: timestamp, contentTopics } = SOME_METADATA
  const [topic] = contentTopics
  const raw = encodeArchive(SOME_METADATA, [sampleMessage({ timestamp, ...(topic && { topic }) })])
  return publishArchives([{ metadata: SOME_METADATA, raw }], { communityId, pieceBytes: PIECE_BYTES })
}

async function torrentPortOf({ api }: WatchedMember): Promise<number> {
  const { status } = await api.request<{ status: { torrentClient: { port: number } } }>(
    '{ status { torrentClient { port } } }',
  )
  return status.torrentClient.port
}
