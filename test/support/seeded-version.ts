import { magnetUriOf } from '../../src/domain/magnet.ts'
import { announcePeer } from './announce-peer.ts'
import type { SubmittedLink } from './open-member.ts'
import { startPlainSeeder, type PlainSeeder, type SeederManners } from './plain-seeder.ts'
import type { PublishedVersion } from './published-version.ts'
import type { TrackerHost } from './tracker-host.ts'

/** A version that a plain webtorrent gives, and the link to it by way of a tracker that knows that peer. */
export interface SeededVersion {
  readonly seeder: PlainSeeder
  readonly link: SubmittedLink
}

let lastClock = 1_700_000_000_000

/** Seeds a version, for as long as the test runs. Each link is newer than the one before. */
export async function seedVersion(
  version: PublishedVersion,
  tracker: TrackerHost,
  manners: SeederManners = {},
): Promise<SeededVersion> {
  const link = linkTo(version, tracker)
  const torrentFile = Buffer.concat([Buffer.from('d4:info'), version.infoBytes, Buffer.from('e')])
  const seeder = await startPlainSeeder(torrentFile, Buffer.concat([version.data, version.index]), manners)
  await announcePeer(tracker, version.infoHash, seeder.address)
  return { seeder, link }
}

/** The link to a version that nobody may have. */
export function linkTo({ torrent, infoHash }: PublishedVersion, { port }: TrackerHost): SubmittedLink {
  const { communityId } = torrent
  const magnetUri = magnetUriOf(infoHash, communityId, [`http://127.0.0.1:${port}/announce`])
  return { communityId, infoHash, magnetUri, clock: (lastClock += 1) }
}
