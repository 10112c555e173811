import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { recordedMessages } from '../../src/app/packing/recorded-messages.ts'
import { decodeIndex } from '../../src/archives/archive-index.ts'
import { dataPathOf, indexPathOf } from '../../src/archives/archive-paths.ts'
import type { MessageSource } from '../../src/archives/packing/message-source.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives, PackingRequest } from '../../src/archives/packing/packing-request.ts'
import { PARTITION_SECONDS } from '../../src/domain/archive.ts'
import type { Message } from '../../src/domain/message.ts'
import { secondOf, type UnixSeconds } from '../../src/domain/time.ts'
import { at } from '../support/community-facts.ts'
import { expectWhole } from '../support/expect-served.ts'
import { messagesInMemory } from '../support/in-memory-messages.ts'
import { messagesInArchive } from '../support/messages-in-archive.ts'
import { createArchive } from '../support/node-wishes.ts'
import { SAMPLE_TOPIC, sampleMessage } from '../support/sample-message.ts'
import { startScheduledNode, type ScheduledCommunity, type ScheduledNode } from '../support/scheduled-node.ts'
import { readBitfield } from '../support/served-pieces.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from '../support/temporary-message-store.ts'
import { valueOf } from '../support/value-of.ts'

// What the reference tests of its archives, its seeding and its tasks, as behaviours of this node.

const WEEK_SECONDS = PARTITION_SECONDS
/** How long no message may come in before what came in is packed. */
const QUIET_MS = 10_000

/** Hands a run the messages that it is to pack. */
type SourceOf = (request: PackingRequest) => MessageSource

const SOURCES: readonly (readonly [string, (messages: readonly Message[]) => Promise<SourceOf>])[] = [
  ['recorded', recorded],
  ['given', async (messages) => () => messagesInMemory(messages, [SAMPLE_TOPIC])],
]

describe.each(SOURCES)('archives of messages that are %s', (_, sourceOf) => {
  test('without messages no file appears', async () => {
    const request = weeks(0, 3)
    expect(packArchives(request, (await sourceOf([]))(request))).toEqual({ ok: true, value: null })
    expect(readdirSync(request.archivesDir)).toEqual([])
  })

  test('one archive with two messages, the one out of range excluded', async () => {
    const request = weeks(0, 1)
    const source = await sourceOf([sentAt(at(0)), sentAt(at(1) - 1), sentAt(at(1))])
    const [archive, ...others] = pack(request, source).archives
    if (archive === undefined) return expect.unreachable()
    expect(others).toEqual([])
    const dataPath = dataPathOf(request.archivesDir, COMMUNITY, 1)
    const messages = await messagesInArchive(dataPath, archive, request.contentTopics)
    expect([archive.from, archive.to]).toEqual([request.from, request.to])
    expect(messages.map(({ timestamp }) => timestamp)).toEqual([at(0), at(1) - 1])
  })

  test('three weeks give three archives with 2, 1 and 1 messages', async () => {
    const request = weeks(0, 3)
    const source = await sourceOf([at(0), at(0) + 60, at(1), at(2)].map(sentAt))
    expect(pack(request, source).archives.map(({ messages }) => messages)).toEqual([2, 1, 1])
  })

  test('appending takes the index from 1 to 2', async () => {
    const request = weeks(0, 1)
    const source = await sourceOf([sentAt(at(0)), sentAt(at(1))])
    const first = pack(request, source)
    expect(indexOf(request, first)).toHaveLength(1)
    const second = pack({ ...request, from: at(1), to: at(2), previous: first }, source)
    expect(indexOf(request, second)).toHaveLength(2)
  })
})

async function recorded(messages: readonly Message[]): Promise<SourceOf> {
  const { store } = openTemporaryStore(createTemporaryFolder())
  await store.record(COMMUNITY, messages)
  const recordedUpTo = store.newestSequence()
  return (request) =>
    recordedMessages(store, { ...request, recordedAfter: request.previous === null ? 0 : recordedUpTo, recordedUpTo })
}

function sentAt(timestamp: number): Message {
  return sampleMessage({ timestamp: timestamp as UnixSeconds, payload: Buffer.from(`sent at ${timestamp}`) })
}

function weeks(from: number, to: number): PackingRequest {
  const [contentTopics, partitionSeconds] = [[SAMPLE_TOPIC], PARTITION_SECONDS]
  const on = { archivesDir: createTemporaryFolder(), communityId: COMMUNITY, previous: null, trackers: [] }
  return { ...on, from: at(from), to: at(to), contentTopics, partitionSeconds, createdAt: at(to) }
}

function pack(request: PackingRequest, sourceOf: SourceOf): PackedArchives {
  return valueOf(packArchives(request, sourceOf(request))) ?? expect.unreachable()
}

function indexOf({ archivesDir }: PackingRequest, { infoHash, dataBytes }: PackedArchives): readonly unknown[] {
  return valueOf(decodeIndex(readFileSync(indexPathOf(archivesDir, COMMUNITY, infoHash)), dataBytes))
}

describe('a node', () => {
  let node: ScheduledNode

  beforeAll(async () => {
    node = await startScheduledNode()
  })
  afterAll(async () => node.stop())

  /** A community of its own, which leaves with the test. */
  async function join(): Promise<ScheduledCommunity> {
    const community = await node.join()
    onTestFinished(async () => community.wish('leaveCommunity'))
    return community
  }

  /** A community whose first archive came by itself, and is served. */
  async function seed(): Promise<ScheduledCommunity & { readonly infoHash: string }> {
    const community = await join()
    await community.recordSent(WEEK_SECONDS)
    node.clock.advanceBy(QUIET_MS)
    const { infoHash } = await community.until('MagnetlinkDispatched')
    return { ...community, infoHash: infoHash ?? expect.unreachable() }
  }

  test('seeding gives one active torrent, present and seeding', async () => {
    const { infoHash } = await seed()
    const { port, served } = await node.look()
    expect(served).toMatchObject([{ infoHash, role: 'CURRENT', isWanted: true }])
    for (const torrent of served) await expectWhole(port, torrent)
  })

  test('unseeding removes it from the client', async () => {
    const community = await seed()
    await community.wish('withdrawSeeding')
    const { infoHash } = community
    expect(await community.until('HistoryArchivesUnseeded')).toMatchObject({ infoHash, reason: 'REQUESTED' })
    const { port, served } = await node.look()
    expect(served).toEqual([])
    expect(await readBitfield(port, infoHash)).toBeNull()
  })

  test('starting the schedule gives one schedule and no torrent after an empty tick', async () => {
    const now = secondOf(node.clock.now())
    expect(await node.look()).toMatchObject({ schedules: 0, served: [] })
    const community = await join()
    expect(await node.look()).toMatchObject({ schedules: 1, served: [] })
    // A run by hand, so that there is a week for the schedule to look at.
    await createArchive(node.api, community.communityId, { from: now - WEEK_SECONDS, to: now })
    await community.until('NoHistoryArchivesCreated')
    node.clock.advanceBy(WEEK_SECONDS * 1000)
    await community.until('NoHistoryArchivesCreated')
    expect(await node.look()).toMatchObject({ schedules: 1, served: [] })
    await community.wish('disableArchiving')
    await community.until('ArchivingDisabled')
    const empty = ['CreatingHistoryArchives', 'NoHistoryArchivesCreated']
    expect(community.told.slice(2)).toEqual([...empty, ...empty, 'ArchivingDisabled'])
  })

  test('stopping the schedule takes it from 1 to 0', async () => {
    const { wish } = await join()
    expect(await node.look()).toMatchObject({ schedules: 1 })
    await wish('disableArchiving')
    expect(await node.look()).toMatchObject({ schedules: 0 })
  })

  test('disabling the protocol stops all schedules and unseeds all', async () => {
    const communities = [await seed(), await seed()]
    const before = await node.look()
    expect(before).toMatchObject({ schedules: 2, served: [{}, {}] })
    await node.api.request('mutation { disableProtocol { __typename } }')
    onTestFinished(async () => void (await node.api.request('mutation { enableProtocol { __typename } }')))
    for (const { until, infoHash } of communities) {
      expect(await until('HistoryArchivesUnseeded')).toMatchObject({ infoHash, reason: 'PROTOCOL_DISABLED' })
      expect(await readBitfield(before.port, infoHash)).toBeNull()
    }
    expect(await node.look()).toMatchObject({ schedules: 0, served: [] })
  })

  test('a node configured while offline starts when online', async () => {
    const switchNetwork = async (online: boolean): Promise<unknown> =>
      node.api.request(`mutation { setOnline(online: ${online}) { __typename } }`)
    await switchNetwork(false)
    const community = await join()
    await community.recordSent(WEEK_SECONDS)
    node.clock.advanceBy(WEEK_SECONDS * 1000)
    expect(await node.look()).toMatchObject({ schedules: 0, served: [] })
    await switchNetwork(true)
    const { infoHash } = await community.until('HistoryArchivesSeeding')
    expect(await node.look()).toMatchObject({ schedules: 1, served: [{ infoHash }] })
    expect(community.told.slice(2)).toEqual([
      'CreatingHistoryArchives',
      'HistoryArchivesCreated',
      'HistoryArchivesSeeding',
    ])
  })
})
