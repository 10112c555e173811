import type { CommunityId } from '../../src/domain/community-id.ts'
import { magnetUriOf, type MagnetUri } from '../../src/domain/magnet.ts'
import { infoHashOf } from '../../src/formats/torrent-file.ts'
import { announcePeer } from './announce-peer.ts'
import { startPlainSeeder, type PlainSeeder } from './plain-seeder.ts'
import type { PublishedVersion } from './published-version.ts'
import { startTracker, type TrackerHost } from './tracker-host.ts'

/** A link whose tracker knows one peer. */
export interface SeededLink {
  readonly magnetUri: MagnetUri
  readonly tracker: TrackerHost
  readonly seeder: PlainSeeder
}

/** What is given to peers, and which torrent they are told that it is. */
export type Seeded = Pick<PublishedVersion, 'infoBytes' | 'data' | 'index'>

/** Has a plain webtorrent give a torrent, whatever it is like, for as long as the test runs. */
export async function seedLink(communityId: CommunityId, seeded: Seeded): Promise<SeededLink> {
  const tracker = await startTracker({ isKnown: () => true })
  const seeder = await seed(seeded)
  const infoHash = infoHashOf(seeded.infoBytes)
  await announcePeer(tracker, infoHash, seeder.address)
  return { magnetUri: linkOf(communityId, seeded, tracker), tracker, seeder }
}

/** The same without anybody's telling a tracker of it. */
export async function seed({ infoBytes, data, index }: Seeded): Promise<PlainSeeder> {
  const torrentFile = Buffer.concat([Buffer.from('d4:info'), infoBytes, Buffer.from('e')])
  return startPlainSeeder(torrentFile, Buffer.concat([data, index]))
}

/** The link to a torrent by way of a tracker. */
export function linkOf(
  communityId: CommunityId,
  { infoBytes }: Pick<Seeded, 'infoBytes'>,
  { port }: TrackerHost,
): MagnetUri {
  return magnetUriOf(infoHashOf(infoBytes), communityId, [`http://127.0.0.1:${port}/announce`])
}
