import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { torrentPathOf } from '../../src/archives/archive-paths.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { createApiClient, type ApiClient } from '../support/api-client.ts'
import { LOOPBACK } from '../support/node-process.ts'
import { NODE_STATE, type NodeState } from '../support/node-state.ts'
import { addCommunity, createArchive } from '../support/node-wishes.ts'
import { HISTORY_START, numberedMessage } from '../support/numbered-message.ts'
import { dataOf, expectServable, pack } from '../support/packed-history.ts'
import { download } from '../support/plain-leecher.ts'
import { mountSmallDisk } from '../support/small-disk.ts'
import { readSmallHistory, smallHistory } from '../support/small-history.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const NOT_MOUNTED = 'the system lets this process mount no disk'
/** Nothing is taken for it until it is written to. */
const DISK_BYTES = 1024 * 1_048_576
const TOPIC = '0xc9756fef'

test('a disk that fills up within a write is reported, and the run makes the same once there is room', async (context) => {
  const folder = createTemporaryFolder()
  const disk = mountSmallDisk(join(folder, 'archives'), 65_536)
  if (disk === null) return context.skip(NOT_MOUNTED)
  const request = smallHistory(join(folder, 'archives'))
  const first = pack(request)
  const freeBytes = disk.freeBytes
  const next = { ...request, from: request.to, to: 1000 as UnixSeconds, previous: first }

  expect(packArchives(next, readSmallHistory)).toMatchObject({
    ok: false,
    error: { code: 'DISK_FULL', cause: { code: 'ENOSPC', syscall: 'write' } },
  })
  expect(disk.freeBytes).toBe(freeBytes)
  await expectServable(next, first)

  disk.setBytes(DISK_BYTES)
  const atOnce = { ...smallHistory(createTemporaryFolder()), to: next.to }
  const [grown, undisturbed] = [pack(next), pack(atOnce)]
  expect(grown.infoHash).toBe(undisturbed.infoHash)
  expect(readFileSync(dataOf(next, grown)).equals(readFileSync(dataOf(atOnce, undisturbed)))).toBe(true)
})

interface Signal {
  readonly __typename: string
  readonly code?: string
  readonly infoHash?: InfoHash
}

const RECORD = `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) { ... on RecordMessagesAccepted { recorded } }
}`
const SIGNALS = `subscription ($communityId: CommunityId!) {
  signals(communityId: $communityId, after: "START") {
    __typename ... on ArchiveCreationFailed { code } ... on MagnetlinkDispatched { infoHash }
  }
}`

test(
  'a node whose disk is full says so, serves what it has, and goes on once there is room',
  { timeout: 60_000 },
  async (context) => {
    const dataDir = createTemporaryFolder()
    const disk = mountSmallDisk(join(dataDir, 'archives'), DISK_BYTES)
    if (disk === null) return context.skip(NOT_MOUNTED)
    const api = await startNode(dataDir)
    const communityId = await addCommunity(api, [TOPIC])
    const signals = api.subscribe<{ signals: Signal }>(SIGNALS, { communityId })
    await archiveMessage(api, communityId, 0)
    const { infoHash: first } = await untilSignal(signals, 'MagnetlinkDispatched')
    const before = await leech(api, dataDir, communityId, first)

    disk.allowNoMoreFiles()
    await archiveMessage(api, communityId, 1)
    expect(await untilSignal(signals, 'ArchiveCreationFailed')).toMatchObject({ code: 'DISK_FULL' })
    expect((await leech(api, dataDir, communityId, first)).equals(before)).toBe(true)

    disk.setBytes(DISK_BYTES)
    await createArchive(api, communityId, { from: null, to: HISTORY_START + 2 })
    const { infoHash: next } = await untilSignal(signals, 'MagnetlinkDispatched')
    expect(next).not.toBe(first)
    const after = await leech(api, dataDir, communityId, next)
    expect(after.length).toBeGreaterThan(before.length)
  },
)

async function startNode(dataDir: string): Promise<ApiClient> {
  const app = valueOf(await startApp(valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir }))))
  onTestFinished(async () => app.stop())
  const api = createApiClient(app.url)
  onTestFinished(async () => api.close())
  return api
}

/** Records message n, and asks for the archive of its second. */
async function archiveMessage(api: ApiClient, communityId: string, n: number): Promise<void> {
  await api.request(RECORD, { communityId, messages: [numberedMessage(TOPIC, n)] })
  await createArchive(api, communityId, { from: n === 0 ? HISTORY_START : null, to: HISTORY_START + n + 1 })
}

async function untilSignal(signals: AsyncIterator<{ signals: Signal }>, name: string): Promise<Signal> {
  for (;;) {
    const { value, done } = await signals.next()
    if (done === true) throw new Error(`The signals ended before ${name}`)
    if (value.signals.__typename === name) return value.signals
  }
}

/** Fetches a torrent from the node, as a member would. */
async function leech(api: ApiClient, dataDir: string, communityId: string, infoHash?: InfoHash): Promise<Buffer> {
  if (infoHash === undefined) throw new Error('Nothing was dispatched')
  const { status } = await api.request<Pick<NodeState, 'status'>>(NODE_STATE)
  const path = torrentPathOf(join(dataDir, 'archives'), communityId as CommunityId, infoHash)
  expect(existsSync(path)).toBe(true)
  return (await download(readFileSync(path), status.torrentClient.port ?? 0)).bytes
}
