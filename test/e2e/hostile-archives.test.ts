import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { encodeArchiveHead, type ArchiveMetadata } from '../../src/archives/archive-encoding.ts'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { encodeArchive } from '../support/encode-archive.ts'
import { hashRatchetEnvelope } from '../support/hash-ratchet-envelope.ts'
import { HOSTILE_INDEXES, HOSTILE_INDEX_PIECES } from '../support/hostile-indexes.ts'
import type { JoinedCommunity } from '../support/member-node.ts'
import { publish, publishArchives, type PublishedVersion } from '../support/published-version.ts'
import { readRecordedMessages } from '../support/recorded-messages.ts'
import { SAMPLE_TOPIC, sampleMessage } from '../support/sample-message.ts'
import { seedLink } from '../support/seed-link.ts'
import { startWatchedMember, type WatchedMember } from '../support/watched-member.ts'

const WEEK = 604_800

let member: WatchedMember
beforeAll(async () => {
  member = await startWatchedMember({ SEEDBANK_PRIVATE_ADDRESSES: 'allow' })
  return () => member.stop()
})
afterEach(async () => member.expectUntouched())

/** One message in the week that begins there. */
function archiveOf(from: number, message: Partial<Message> = {}): { metadata: ArchiveMetadata; raw: Uint8Array } {
  const metadata = { from: from as UnixSeconds, to: (from + WEEK) as UnixSeconds, contentTopics: [SAMPLE_TOPIC] }
  const about = { timestamp: (from + 1) as UnixSeconds, ...message }
  return { metadata, raw: encodeArchive(metadata, [sampleMessage(about)]) }
}

/** Publishes what is made for a community, and tells the member of it. */
async function fetched(
  make: (publisher: Parameters<typeof publishArchives>[1]) => PublishedVersion,
): Promise<JoinedCommunity & Pick<PublishedVersion, 'infoHash'>> {
  const community = await member.join()
  const { communityId } = community
  const version = make({ communityId, pieceBytes: PIECE_BYTES })
  const { magnetUri } = await seedLink(communityId, version)
  expect(await community.submit(magnetUri)).toBeNull()
  return { ...community, infoHash: version.infoHash }
}

describe('an index is refused before anything else is fetched, with', () => {
  test.for([...HOSTILE_INDEXES])('%s', async ([_what, offset, make]) => {
    const data = Buffer.alloc(HOSTILE_INDEX_PIECES * PIECE_BYTES, 7)
    const { until, diagnose, files, infoHash } = await fetched((publisher) => publish(data, make(), publisher))
    expect(await until('DownloadFailed', 'DownloadFinished')).toMatchObject({
      failure: 'INDEX_MALFORMED',
      numbers: { offset },
    })
    expect(await diagnose()).toEqual(['INDEX_MALFORMED'])
    expect(files()).toEqual({
      'data.1': 0,
      'held.1': 0,
      [`${infoHash}/index`]: expect.any(Number),
      [`${infoHash}/torrent`]: expect.any(Number),
    })
  })

  test('an envelope around it, by its own name', async () => {
    const envelope = hashRatchetEnvelope(Buffer.alloc(300, 9))
    const { until, diagnose } = await fetched((publisher) => publish(Buffer.alloc(PIECE_BYTES), envelope, publisher))
    expect(await until('DownloadFailed', 'DownloadFinished')).toMatchObject({ failure: 'ENCRYPTED' })
    expect(await diagnose()).toEqual(['ENCRYPTED'])
  })
})

test('an archive that cannot be taken over is named, and keeps no other back', async () => {
  const [first, last] = [archiveOf(0), archiveOf(6 * WEEK)]
  const whole = archiveOf(WEEK)
  const outOfRange = archiveOf(2 * WEEK, { timestamp: (3 * WEEK) as UnixSeconds })
  const foreign = archiveOf(3 * WEEK, { topic: '0xffffffff' as ContentTopic })
  const cut = { ...whole, raw: whole.raw.subarray(0, -2) }
  const encrypted = { ...archiveOf(7 * WEEK), raw: hashRatchetEnvelope(Buffer.alloc(200, 9)) }
  const archives = [first, cut, outOfRange, foreign, encrypted, last]
  const { until, diagnose, told, communityId } = await fetched((publisher) => publishArchives(archives, publisher))
  await until('DownloadingHistoryArchivesFinished')
  expect(
    told.flatMap(({ __typename: name, quarantine }) => quarantine ?? (name === 'ArchiveImported' ? name : [])),
  ).toEqual([
    'ArchiveImported',
    'ARCHIVE_MALFORMED',
    'MESSAGE_OUT_OF_RANGE',
    'FOREIGN_TOPIC',
    'ENCRYPTED',
    'ArchiveImported',
  ])
  expect((await diagnose()).toSorted().slice(0, 4)).toEqual(['ENCRYPTED', ...Array(3).fill('IMPORT_QUARANTINED')])
  const encodings = [first, last].map(({ raw, metadata }) =>
    Buffer.from(raw.subarray(encodeArchiveHead(metadata).length + 2)).toString('hex'),
  )
  expect(await readRecordedMessages(member.dataDir, communityId, [SAMPLE_TOPIC])).toEqual(encodings)
})
