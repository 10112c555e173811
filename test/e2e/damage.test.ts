import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import { createApiClient, type ApiClient } from '../support/api-client.ts'
import { flipByteUnseen } from '../support/changed-file.ts'
import { addCommunity, createArchive } from '../support/node-wishes.ts'
import { LOOPBACK, startNodeProcess } from '../support/node-process.ts'
import type { NodeState } from '../support/node-state.ts'
import { readBitfield } from '../support/served-pieces.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const TOPIC = '0xc9756fef'
const FIRST_DAY = 1_700_000_000
const DAY_SECONDS = 86_400

interface Signal {
  readonly __typename: string
  readonly code?: string
  readonly infoHash?: string
}

const RECORD = `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) { ... on RecordMessagesAccepted { recorded } }
}`

const SIGNALS = `subscription ($communityId: CommunityId!) {
  signals(communityId: $communityId, after: "START") { __typename ... on SeedingFailed { code } ... on MagnetlinkDispatched { infoHash } }
}`

async function archiveDay(api: ApiClient, communityId: string, day: number): Promise<void> {
  const timestamp = FIRST_DAY + day * DAY_SECONDS
  await api.request(RECORD, { communityId, messages: [{ timestamp, topic: TOPIC, payload: '0x6869' }] })
  await createArchive(api, communityId, { from: day === 0 ? timestamp : null, to: timestamp + DAY_SECONDS })
}

async function untilSignal(signals: AsyncIterator<{ signals: Signal }>, names: readonly string[]): Promise<Signal> {
  for (;;) {
    const { value, done } = await signals.next()
    if (done === true) throw new Error(`The signals ended before ${names.join(' or ')}`)
    const { signals: signal } = value
    if (names.includes(signal.__typename)) return signal
  }
}

async function flipByte(path: string, offset: number): Promise<void> {
  await using file = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, offset)
  await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, offset)
}

test('a new version over bytes that were damaged meanwhile is not served, and not dispatched', async () => {
  const dataDir = join(createTemporaryFolder(), 'data')
  const node = await startNodeProcess(dataDir)
  onTestFinished(async () => void (await node.stop()))
  const api = createApiClient(node.url)
  onTestFinished(async () => api.close())
  const communityId = await addCommunity(api, [TOPIC])
  const signals = api.subscribe<{ signals: Signal }>(SIGNALS, { communityId })
  await archiveDay(api, communityId, 0)
  await untilSignal(signals, ['MagnetlinkDispatched'])

  await flipByte(join(dataDir, 'archives', communityId, 'data.1'), 10)
  await archiveDay(api, communityId, 1)
  const names = ['SeedingFailed', 'HistoryArchivesSeeding', 'MagnetlinkDispatched']
  expect(await untilSignal(signals, names)).toEqual({ __typename: names[0], code: 'PIECES_DAMAGED' })
})

test('damage that a run finds is told of what is served too, before a peer asks for it', async () => {
  const dataDir = join(createTemporaryFolder(), 'data')
  const node = await startNodeProcess(dataDir)
  onTestFinished(async () => void (await node.stop()))
  const api = createApiClient(node.url)
  onTestFinished(async () => api.close())
  const communityId = await addCommunity(api, [TOPIC])
  const signals = api.subscribe<{ signals: Signal }>(SIGNALS, { communityId })
  await archiveDay(api, communityId, 0)
  const { infoHash } = await untilSignal(signals, ['MagnetlinkDispatched'])

  await flipByte(join(dataDir, 'archives', communityId, infoHash ?? '', 'index'), 10)
  await archiveDay(api, communityId, 1)
  await untilSignal(signals, ['ArchiveCreationFailed'])
  await untilSignal(signals, ['HistoryArchivesUnseeded'])
  expect(await untilSignal(signals, ['SeedingFailed'])).toMatchObject({ code: 'PIECES_DAMAGED' })
})

test('a byte that was changed while the node was off is found at its start, and not served', async () => {
  const dataDir = join(createTemporaryFolder(), 'data')
  const settings = valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir }))
  const before = valueOf(await startApp(settings))
  const earlier = createApiClient(before.url)
  const communityId = await addCommunity(earlier, [TOPIC])
  const told = earlier.subscribe<{ signals: Signal }>(SIGNALS, { communityId })
  await archiveDay(earlier, communityId, 0)
  const { infoHash } = await untilSignal(told, ['MagnetlinkDispatched'])
  await earlier.close()
  await before.stop()

  flipByteUnseen(join(dataDir, 'archives', communityId, 'data.1'), 10)
  const node = valueOf(await startApp(settings))
  onTestFinished(async () => node.stop())
  const api = createApiClient(node.url)
  onTestFinished(async () => api.close())
  const signals = api.subscribe<{ signals: Signal }>(SIGNALS, { communityId })
  expect(await untilSignal(signals, ['SeedingFailed'])).toMatchObject({ code: 'PIECES_DAMAGED' })
  const { status } = await api.request<Pick<NodeState, 'status'>>('{ status { torrentClient { port } } }')
  expect(await readBitfield(status.torrentClient.port ?? 0, infoHash ?? '')).toBeNull()
})
