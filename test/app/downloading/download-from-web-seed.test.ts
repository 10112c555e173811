import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { dataPathOf } from '../../../src/archives/archive-paths.ts'
import { magnetUriOf } from '../../../src/domain/magnet.ts'
import { webSourcesOf } from '../../../src/domain/web-seed.ts'
import { createTorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import type { SeededFiles } from '../../../src/torrents/web-seed/seeded-versions.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { openMember } from '../../support/open-member.ts'
import { offeredOf } from '../../support/parts-of-version.ts'
import type { PublishedVersion } from '../../support/published-version.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { startWebSeedServer } from '../../support/web-seed-server.ts'
import { foreignCommunity, publishWeeks } from '../../support/weekly-history.ts'

/** Writes a version down as a node keeps it. */
function keep({ torrent, infoHash, infoBytes, data, index }: PublishedVersion): SeededFiles {
  const folder = join(createTemporaryFolder(), infoHash)
  mkdirSync(folder)
  const [dataPath, indexPath, torrentPath] = [join(folder, 'data'), join(folder, 'index'), join(folder, 'torrent')]
  writeFileSync(dataPath, data)
  writeFileSync(indexPath, index)
  writeFileSync(torrentPath, Buffer.concat([Buffer.from('d4:info'), infoBytes, Buffer.from('e')]))
  const { communityId, dataBytes } = torrent
  return { communityId, infoHash, dataBytes, dataPath, indexPath, torrentPath, heldPath: null }
}

test('a member with no peer fetches and takes over what the web seed of the link gives, and serves it on', async () => {
  const [client, server] = await Promise.all([createTorrentClient(LOOPBACK_TORRENT_CLIENT), startWebSeedServer()])
  onTestFinished(async () => {
    await Promise.all([client.stop(), server.close()])
  })
  const communityId = foreignCommunity(28)
  const version = publishWeeks(communityId, 'abc', 2)
  const { infoHash } = version
  server.served.set(infoHash, keep(version))
  const member = await openMember(client)
  await member.join(communityId)
  const magnetUri = magnetUriOf(infoHash, communityId, [], webSourcesOf(server.url, infoHash))
  await member.submit({ communityId, infoHash, magnetUri, clock: 1_700_000_000_001 })
  await member.until('ImportFinished')
  await member.until('SeedingStarted')
  expect(readFileSync(dataPathOf(member.stores.archivesDir, communityId, 1)).equals(version.data)).toBe(true)
  expect(await offeredOf(client, version)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect([server.failed, member.faults]).toEqual([[], []])
})
