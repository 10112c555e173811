import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startApp, type App } from '../../src/app.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import { createApiClient, type ApiClient } from '../support/api-client.ts'
import { flipByteUnseen } from '../support/changed-file.ts'
import { flipByte } from '../support/file-damage.ts'
import { LOOPBACK } from '../support/node-process.ts'
import type { NodeState } from '../support/node-state.ts'
import { addCommunity, createArchive } from '../support/node-wishes.ts'
import { download } from '../support/plain-leecher.ts'
import { valueOf } from '../support/value-of.ts'

const TOPIC = '0xc9756fef'
const FIRST_DAY = 1_700_000_000
const DAY_SECONDS = 86_400

interface Signal {
  readonly __typename: string
  readonly infoHash?: string
  readonly code?: string
  readonly reason?: string
  readonly damage?: string
  readonly source?: string
}

const RECORD = `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) { ... on RecordMessagesAccepted { recorded } }
}`

const SIGNALS = `subscription ($communityId: CommunityId!, $after: String!) {
  signals(communityId: $communityId, after: $after) {
    __typename cursor
    ... on TorrentSignal { infoHash }
    ... on SeedingFailed { code }
    ... on HistoryArchivesUnseeded { reason damage: code }
    ... on ArchiveRepaired { source }
  }
}`

/** The torrent that is served. */
let current = ''
let [dataDir, communityId, cursor] = ['', '', 'START']
let node: App
let api: ApiClient
let signals: AsyncIterator<{ signals: Signal & { readonly cursor: string } }>

async function start(): Promise<void> {
  node = valueOf(
    await startApp(
      valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir, SEEDBANK_GRACE_SECONDS: '0' })),
    ),
  )
  api = createApiClient(node.url)
}

async function stop(): Promise<void> {
  await api.close()
  await node.stop()
}

/** One more archive, a day after the one before. */
async function archiveDay(day: number): Promise<void> {
  const timestamp = FIRST_DAY + day * DAY_SECONDS
  await api.request(RECORD, { communityId, messages: [{ timestamp, topic: TOPIC, payload: '0x6869' }] })
  await createArchive(api, communityId, { from: day === 0 ? timestamp : null, to: timestamp + DAY_SECONDS })
}

/** What is told up to the next signal of this name, which is not of the torrent `not`. */
async function signalsUntil(name: string, not?: string): Promise<readonly Signal[]> {
  const all: Signal[] = []
  for (;;) {
    const { value, done } = await signals.next()
    if (done === true) throw new Error(`The signals ended before ${name}`)
    const { cursor: here, ...signal } = value.signals
    cursor = here
    all.push(signal)
    if (signal.__typename === name && signal.infoHash !== not) return all
  }
}

function follow(): void {
  signals = api.subscribe(SIGNALS, { communityId, after: cursor })
}

function pathOf(...names: readonly string[]): string {
  return join(dataDir, 'archives', communityId, ...names)
}

async function fetchAll(infoHash: string): Promise<Buffer> {
  const { status } = await api.request<Pick<NodeState, 'status'>>('{ status { torrentClient { port } } }')
  return (await download(readFileSync(pathOf(infoHash, 'torrent')), status.torrentClient.port ?? 0)).bytes
}

function servedOf(told: readonly Signal[]): string {
  return told.findLast(({ __typename }) => __typename === 'HistoryArchivesSeeding')?.infoHash ?? ''
}

/** What happened to the torrent that is served, in short. */
function storyOf(told: readonly Signal[]): readonly string[] {
  return told
    .filter(({ __typename, infoHash }) => infoHash === current && __typename !== 'MagnetlinkDispatched')
    .map(({ __typename, reason, damage, code, source }) =>
      reason === undefined ? (code ?? source ?? __typename) : `${reason} ${damage}`,
    )
}

beforeAll(async () => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'seedbank-')), 'data')
  await start()
  communityId = await addCommunity(api, [TOPIC])
  follow()
  await archiveDay(0)
  await signalsUntil('HistoryArchivesSeeding')
  await archiveDay(1)
  current = servedOf(await signalsUntil('HistoryArchivesSeeding'))
})

afterAll(async () => {
  await stop()
  rmSync(join(dataDir, '..'), { recursive: true })
})

describe('damage mends itself', () => {
  let data = Buffer.alloc(0)
  beforeEach(() => {
    data = readFileSync(pathOf('data.1'))
  })

  test('that a new version meets in the bytes of older ones: it is served once they are whole', async () => {
    flipByte(pathOf('data.1'), 10)
    await archiveDay(2)
    const told = await signalsUntil('HistoryArchivesSeeding', current)
    expect(told).toContainEqual(expect.objectContaining({ __typename: 'SeedingFailed', code: 'PIECES_DAMAGED' }))
    const unseeded = { infoHash: current, reason: 'DAMAGED', damage: 'PIECES_DAMAGED' }
    expect(told).toContainEqual({ __typename: 'HistoryArchivesUnseeded', ...unseeded })
    expect(told).toContainEqual(expect.objectContaining({ __typename: 'ArchiveRepaired', source: 'MESSAGES' }))
    expect(readFileSync(pathOf('data.1')).subarray(0, data.length).equals(data)).toBe(true)
    current = servedOf(told)
  })

  test('that a run finds in the files of what is served', async () => {
    const index = readFileSync(pathOf(current, 'index'))
    flipByte(pathOf(current, 'index'), 10)
    await archiveDay(3)
    const told = await signalsUntil('HistoryArchivesSeeding')
    expect(storyOf(told)).toEqual(['DAMAGED PIECES_DAMAGED', 'ArchivesVerified', 'LOG', 'HistoryArchivesSeeding'])
    expect(readFileSync(pathOf(current, 'index')).equals(index)).toBe(true)
  })

  test('that happened while the node was off, and a leecher gets every byte', async () => {
    await stop()
    flipByteUnseen(pathOf('data.1'), data.length - 5)
    await start()
    follow()
    const told = await signalsUntil('HistoryArchivesSeeding')
    expect(storyOf(told)).toEqual(['DAMAGED PIECES_DAMAGED', 'ArchivesVerified', 'MESSAGES', 'HistoryArchivesSeeding'])
    expect(readFileSync(pathOf('data.1')).equals(data)).toBe(true)
    const index = readFileSync(pathOf(current, 'index'))
    expect((await fetchAll(current)).equals(Buffer.concat([data, index]))).toBe(true)
  })
})
