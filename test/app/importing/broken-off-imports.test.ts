import { expect, test } from 'vitest'
import type { DomainEvent } from '../../../src/domain/events.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { createTorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { PIECE_BYTES } from '../../../src/domain/archive.ts'
import { at } from '../../support/community-facts.ts'
import { encodeArchive } from '../../support/encode-archive.ts'
import { eventually } from '../../support/eventually.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { openMember } from '../../support/open-member.ts'
import { publishArchives } from '../../support/published-version.ts'
import { SAMPLE_TOPIC, sampleMessage } from '../../support/sample-message.ts'
import { seedVersion } from '../../support/seeded-version.ts'
import { startTracker } from '../../support/tracker-host.ts'
import { foreignCommunity } from '../../support/weekly-history.ts'

const communityId = foreignCommunity(3)
const MESSAGES = 30_000
const SOON_MS = 500

test('an import of one large archive ends soon when the community opts out, and goes on where it was', async () => {
  const client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  const [member, tracker] = [await openMember(client), await startTracker({ isKnown: () => true })]
  const metadata = { from: at(0), to: at(1), contentTopics: [SAMPLE_TOPIC] }
  const messages = Array.from({ length: MESSAGES }, (_, n) =>
    sampleMessage({ timestamp: (at(0) + (n % 1_000)) as UnixSeconds, thirdPartyId: `${n}` }),
  )
  const raw = encodeArchive(metadata, messages)
  const version = publishArchives([{ metadata, raw }], { communityId, pieceBytes: PIECE_BYTES })
  await member.join(communityId)
  await member.submit((await seedVersion(version, tracker)).link)
  await member.until('ImportStarted')
  const written = (): number => member.stores.messages.countMessages(communityId)
  await eventually(() => expect(written()).toBeGreaterThan(0))
  const [began, abortedAt] = [written(), performance.now()]
  await member.wish({ type: 'DisableArchiving', communityId })
  await member.reactors.settled()
  expect(performance.now() - abortedAt).toBeLessThan(SOON_MS)
  expect(began).toBeLessThan(MESSAGES / 2)
  expect(written()).toBeLessThan(MESSAGES)
  await member.wish({ type: 'EnableArchiving', communityId })
  await member.until('ImportFinished')
  expect(written()).toBe(MESSAGES)
  const imported = (await member.facts()).filter(({ type }: DomainEvent) => type === 'ArchiveImported')
  expect(imported).toMatchObject([{ data: { messages: MESSAGES, added: MESSAGES } }])
  await client.stop()
})
