import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { Settings } from '../../../src/app/settings.ts'
import { createSeedRoutes } from '../../../src/app/web-seed/serve-web-seed.ts'
import { dataPathOf } from '../../../src/archives/archive-paths.ts'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { magnetUriOf } from '../../../src/domain/magnet.ts'
import { webSourcesOf } from '../../../src/domain/web-seed.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import type { SeededFiles } from '../../../src/torrents/web-seed/seeded-versions.ts'
import { flipByteUnseen } from '../../support/changed-file.ts'
import { eventually } from '../../support/eventually.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { openMember, type OpenMember } from '../../support/open-member.ts'
import { offeredOf } from '../../support/parts-of-version.ts'
import type { PublishedVersion } from '../../support/published-version.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { startWebSeedServer } from '../../support/web-seed-server.ts'
import { foreignCommunity, publishWeeks, type WeeklyVersion } from '../../support/weekly-history.ts'

const communityId = foreignCommunity(28)

/** Writes a version down as a node keeps it. */
function keep({ torrent, infoHash, infoBytes, data, index }: PublishedVersion): SeededFiles {
  const folder = join(createTemporaryFolder(), infoHash)
  mkdirSync(folder)
  const [dataPath, indexPath, torrentPath] = [join(folder, 'data'), join(folder, 'index'), join(folder, 'torrent')]
  writeFileSync(dataPath, data)
  writeFileSync(indexPath, index)
  writeFileSync(torrentPath, Buffer.concat([Buffer.from('d4:info'), infoBytes, Buffer.from('e')]))
  const { dataBytes } = torrent
  return { communityId, infoHash, dataBytes, dataPath, indexPath, torrentPath, heldPath: null }
}

/** What a member serves over HTTP, at its URL. */
async function serveOf({ stores, reactors }: OpenMember, client: TorrentClient): Promise<string> {
  const settings = { publicUrl: 'http://seed.example' } as Settings
  const base = { settings, stores, log: pino({ level: 'silent' }) }
  const gate = {
    admitStream: async () => new DisposableStack(),
    admitBytes: async () => undefined,
    onSent: () => undefined,
  }
  const uses = { client, ...gate, wake: reactors.wake }
  const [route] = createSeedRoutes(base, uses)
  const server = createServer((request, response) => void route?.handle(request, response)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A version as a member got it from a web seed, with no peer. */
async function fetchFromWebSeed(): Promise<{ member: OpenMember; client: TorrentClient; version: WeeklyVersion }> {
  const [client, server] = await Promise.all([createTorrentClient(LOOPBACK_TORRENT_CLIENT), startWebSeedServer()])
  onTestFinished(async () => {
    await Promise.all([client.stop(), server.close()])
  })
  const version = publishWeeks(communityId, 'abc', 2)
  const { infoHash } = version
  server.served.set(infoHash, keep(version))
  const member = await openMember(client)
  await member.join(communityId)
  const magnetUri = magnetUriOf(infoHash, communityId, [], webSourcesOf(server.url, infoHash))
  await member.submit({ communityId, infoHash, magnetUri, clock: 1_700_000_000_001 })
  await member.until('ImportFinished')
  await member.until('SeedingStarted')
  expect([server.failed, member.faults]).toEqual([[], []])
  return { member, client, version }
}

test('a member with no peer takes over what the web seed of the link gives, and gives it on, while it is whole and wanted', async () => {
  const { member, client, version } = await fetchFromWebSeed()
  const { infoHash } = version
  const dataPath = dataPathOf(member.stores.archivesDir, communityId, 1)
  expect(readFileSync(dataPath).equals(version.data)).toBe(true)
  expect(await offeredOf(client, version)).toEqual([0, 1, 2, 3, 4, 5, 6])

  const url = `${await serveOf(member, client)}/seed/${infoHash}`
  const [data, index, torrent] = [`${url}/${communityId}/data`, `${url}/${communityId}/index`, `${url}.torrent`]
  expect(Buffer.from(await (await fetch(data)).bytes()).equals(version.data)).toBe(true)
  expect(Buffer.from(await (await fetch(index)).bytes()).equals(version.index)).toBe(true)
  expect(Buffer.from(await (await fetch(torrent)).bytes()).toString('latin1')).toContain('http://seed.example/seed/')
  await member.wish({ type: 'WithdrawSeeding', communityId })
  expect((await fetch(index)).status).toBe(404)

  await member.wish({ type: 'RequestSeeding', communityId })
  await member.until('SeedingStarted', 2)
  flipByteUnseen(dataPath, 3 * PIECE_BYTES)
  expect((await fetch(data, { headers: { range: `bytes=${3 * PIECE_BYTES}-` } })).status).toBe(503)
  // As where a peer asks: dropped, hashed before it is served again, and then without that piece.
  await eventually(async () => expect(await offeredOf(client, version)).toEqual([0, 1, 2, 4, 5, 6]))
  expect((await fetch(index)).status).toBe(404)
})
