import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { createApiClient } from '../support/api-client.ts'
import { brokenRules } from '../support/broken-rules.ts'
import { encodedMessage } from '../support/encoded-message.ts'
import { eventually } from '../support/eventually.ts'
import { readLogSnapshot } from '../support/log-snapshot.ts'
import { startNodeProcess, type NodeProcess } from '../support/node-process.ts'
import { heldOf, offeredBy } from '../support/parts-of-version.ts'
import { download } from '../support/plain-leecher.ts'
import { readRecordedMessages } from '../support/recorded-messages.ts'
import { SAMPLE_TOPIC } from '../support/sample-message.ts'
import { seedVersion } from '../support/seeded-version.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { startTracker } from '../support/tracker-host.ts'
import { foreignCommunity, messagesOf, publishWeeks } from '../support/weekly-history.ts'

const LETTERS = 'abcd'
const PIECES_A_WEEK = 50
/** After so many pieces the peer gives no more until it is told to. */
const GIVEN_PIECES = 90
const BLOCKS_A_PIECE = Math.ceil(PIECE_BYTES / 16_384)

const communityId = foreignCommunity(3)

const JOIN = `mutation ($communityId: CommunityId!, $topics: [ContentTopic!]!, $magnetUri: String!, $clock: Clock!) {
  addCommunity(communityId: $communityId, role: MEMBER, contentTopics: $topics, archiving: true) { __typename }
  submitMagnetlink(communityId: $communityId, magnetUri: $magnetUri, clock: $clock) { ... on Refusal { code message } }
}`

/** Starts the member, and ends it with the test if not before. */
async function startMember(dataDir: string): Promise<NodeProcess> {
  const settings = { SEEDBANK_SETTLE_SECONDS: '0', SEEDBANK_PRIVATE_ADDRESSES: 'allow' }
  const member = await startNodeProcess(dataDir, settings)
  onTestFinished(async () => void (await member.stop('SIGKILL')))
  return member
}

/** Resolves with the first signal of that name since the beginning. */
async function signalled({ url }: NodeProcess, name: string): Promise<void> {
  const api = createApiClient(url)
  const asked = `subscription { signals(after: "START") { __typename } }`
  for await (const { signals } of api.subscribe<{ signals: { __typename: string } }>(asked)) {
    if (signals.__typename === name) return api.close()
  }
  throw new Error(`The signals ended before ${name}`)
}

async function torrentPortOf({ url }: NodeProcess): Promise<number> {
  const api = createApiClient(url)
  const { status } = await api.request<{ status: { torrentClient: { port: number } } }>(
    '{ status { torrentClient { port } } }',
  )
  await api.close()
  return status.torrentClient.port
}

test(
  'a member that is killed while it fetches, and while it imports, goes on where it was, and serves on alone',
  { timeout: 180_000 },
  async () => {
    const version = publishWeeks(communityId, LETTERS, PIECES_A_WEEK)
    const { promise: mayGiveAll, resolve: giveAll } = Promise.withResolvers<void>()
    const given = new Set<number>()
    const tracker = await startTracker({ isKnown: () => true })
    const { seeder, link } = await seedVersion(version, tracker, {
      async beforeBlock(piece) {
        if (given.size < GIVEN_PIECES) given.add(piece)
        if (!given.has(piece)) await mayGiveAll
      },
    })
    const dataDir = createTemporaryFolder()
    const archivesDir = join(dataDir, 'archives')

    const first = await startMember(dataDir)
    const api = createApiClient(first.url)
    const variables = { communityId, topics: [SAMPLE_TOPIC], magnetUri: link.magnetUri, clock: String(link.clock) }
    expect(await api.request(JOIN, variables)).toMatchObject({ submitMagnetlink: {} })
    await api.close()
    // All that came is noted within two seconds; what comes from now on waits.
    await eventually(async () => expect((await heldOf(archivesDir, version)).length).toBeGreaterThan(GIVEN_PIECES / 2))
    await first.stop('SIGKILL')
    const held = await heldOf(archivesDir, version)
    const before = seeder.requested.length

    giveAll()
    const second = await startMember(dataDir)
    await signalled(second, 'ArchiveImported')
    await second.stop('SIGKILL')
    const asked = Map.groupBy(seeder.requested.slice(before), (piece) => piece)
    expect(held.filter((piece) => asked.has(piece))).toEqual([])
    const missing = version.archives.length * PIECES_A_WEEK - held.length
    // What is asked for twice in the end game is the exception.
    const blocks = seeder.requested.length - before
    expect(blocks).toBeGreaterThanOrEqual(missing * BLOCKS_A_PIECE)
    expect(blocks).toBeLessThan((missing + 20) * BLOCKS_A_PIECE)

    const third = await startMember(dataDir)
    await signalled(third, 'DownloadingHistoryArchivesFinished')
    const askedAtAll = seeder.requested.length
    const port = await torrentPortOf(third)
    const pieces = version.torrent.pieces.length / 20
    await eventually(async () =>
      expect(await offeredBy(port, { infoHash: version.infoHash, pieces })).toHaveLength(pieces),
    )
    const torrentFile = Buffer.concat([Buffer.from('d4:info'), version.infoBytes, Buffer.from('e')])
    const { bytes } = await download(torrentFile, port)
    expect(bytes.equals(Buffer.concat([version.data, version.index]))).toBe(true)
    expect(seeder.requested).toHaveLength(askedAtAll)
    expect(await third.stop()).toMatchObject({ code: 0 })

    const { events, fault, live, rebuilt } = await readLogSnapshot(dataDir)
    expect([fault, brokenRules(events, 0)]).toEqual([null, []])
    expect(rebuilt).toEqual(live)
    const types = events.map(({ event }) => event.type)
    expect(types.filter((type) => type === 'ArchiveImported')).toHaveLength(LETTERS.length)
    expect(types.filter((type) => type === 'ArchiveDownloaded')).toHaveLength(LETTERS.length)
    expect(types.filter((type) => /Failed|Quarantined|Cancelled|Dispatched/.test(type))).toEqual([])
    const expected = LETTERS.split('').flatMap((letter, week) => messagesOf(letter, week, PIECES_A_WEEK))
    expect(await readRecordedMessages(dataDir, communityId, [SAMPLE_TOPIC])).toEqual(
      expected.map((message) => Buffer.from(encodedMessage(message).bytes).toString('hex')),
    )
  },
)
