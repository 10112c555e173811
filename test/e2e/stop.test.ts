import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openStores } from '../../src/app/stores.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { createApiClient } from '../support/api-client.ts'
import { COMMUNITY_MUTATIONS } from '../support/community-mutations.ts'
import { askData } from '../support/graphql-request.ts'
import { readLogSnapshot } from '../support/log-snapshot.ts'
import { spawnNodeProcess, startNodeProcess, type NodeProcess } from '../support/node-process.ts'
import type { Answer } from '../support/persistent-client.ts'
import { promisedMs } from '../support/promised-ms.ts'
import { addSmallCommunity } from '../support/small-community.ts'
import { subscribeOverSse } from '../support/sse-client.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const STOP_MS = 5_000
/** Packing them takes longer than it takes to send a signal. */
const [MANY_MESSAGES, PAYLOAD_BYTES] = [20_000, 1_000]
const SIGNALS = 'subscription { signals(after: "START") { __typename } }'

describe('a node that is told to stop', { timeout: 120_000 }, () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('by %s while idle says goodbye and leaves nothing open', async (signal) => {
    const dataDir = createTemporaryFolder()
    const node = await start(dataDir)
    const ports = [Number(new URL(node.url).port), await torrentPortOf(node)]
    expect(await Promise.all(ports.map(isListening))).toEqual([true, true])

    await expectStop(node, signal)
    expectNothingOpen(dataDir)
    expect(await Promise.all(ports.map(isListening))).toEqual([false, false])
    const [started, ...others] = await readFacts(dataDir)
    expect(started).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt: null } })
    expect(others).toEqual([{ type: 'NodeStopped', data: { runId: runIdOf(started) } }])
  })

  test('in the middle of a run and of subscriptions ends them, and the next start closes the run', async () => {
    const dataDir = createTemporaryFolder()
    const communityId = await addCommunityWithHistory(dataDir)
    const node = await start(dataDir)
    const api = createApiClient(node.url)
    const streams = [api.subscribe(SIGNALS), subscribeOverSse(`${node.url}/graphql`, SIGNALS)] as const
    for (const stream of streams) expect(await stream.next()).toMatchObject({ done: false })
    const runId = await createArchive(node, communityId)

    await expectStop(node, 'SIGTERM')
    expectNothingOpen(dataDir)
    for (const stream of streams) await drain(stream)
    const before = await readFacts(dataDir)
    expect(before.slice(-2).map(({ type }) => type)).toEqual(['ArchiveCreationStarted', 'NodeStopped'])

    const next = await start(dataDir)
    const failed = { type: 'ArchiveCreationFailed', communityId, data: { runId, code: 'INTERRUPTED', numbers: {} } }
    expect((await readFacts(dataDir)).slice(before.length)).toEqual([
      expect.objectContaining({ type: 'NodeStarted' }),
      failed,
    ])
    expect(readdirSync(join(dataDir, 'archives'))).toEqual([])
    await expectCreated(next, await createArchive(next, communityId))
  })
})

describe('a node that cannot start says what is in its way', { timeout: 120_000 }, () => {
  test('another process on the directory, on the port of the API, or on that of the torrent client', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const port = String((taken.address() as AddressInfo).port)
    const [locked, ...others] = [createTemporaryFolder(), createTemporaryFolder(), createTemporaryFolder()]
    const node = await start(locked)

    const [directory, api, torrents] = await Promise.all([
      spawnNodeProcess(locked).ended,
      spawnNodeProcess(others[0] ?? '', { SEEDBANK_PORT: port }).ended,
      spawnNodeProcess(others[1] ?? '', { SEEDBANK_TORRENT_PORT: port }).ended,
    ])
    expect(directory).toMatchObject({
      code: 2,
      errors: expect.stringContaining(`${locked}: stop it, or set SEEDBANK_DATA_DIR`),
    })
    expect(api).toMatchObject({
      code: 2,
      errors: expect.stringMatching(new RegExp(`^Port ${port} .*SEEDBANK_PORT$`, 'm')),
    })
    expect(torrents).toMatchObject({
      code: 2,
      errors: expect.stringMatching(new RegExp(`^Port ${port} .*SEEDBANK_TORRENT_PORT$`, 'm')),
    })
    for (const { errors } of [directory, api, torrents]) expect(errors).not.toMatch(/^ +at /m)
    for (const dataDir of others) {
      expectNothingOpen(dataDir)
      expect((await readFacts(dataDir)).map(({ type }) => type)).toEqual(['NodeStarted', 'NodeStopped'])
    }
    await expectStop(node, 'SIGTERM')
    expect(await readFacts(locked)).toHaveLength(2)
  })

  test('settings that are wrong, a line each', async () => {
    const dataDir = join(createTemporaryFolder(), 'data')
    const wrong = { SEEDBANK_PORT: '70000', SEEDBANK_DHT: 'maybe', SEEDBANK_GRACE_SECONDS: '-1' }
    const { code, errors } = await spawnNodeProcess(dataDir, wrong).ended
    expect(code).toBe(2)
    const lines = errors.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    for (const name of Object.keys(wrong)) expect(lines).toContainEqual(expect.stringContaining(name))
    expect(existsSync(dataDir)).toBe(false)
  })
})

async function start(dataDir: string): Promise<NodeProcess> {
  const node = await startNodeProcess(dataDir)
  onTestFinished(async () => void (await node.stop('SIGKILL')))
  return node
}

async function addCommunityWithHistory(dataDir: string): Promise<CommunityId> {
  await using closing = new AsyncDisposableStack()
  const stores = valueOf(await openStores(dataDir, closing))
  return await addSmallCommunity(stores, MANY_MESSAGES, PAYLOAD_BYTES)
}

async function createArchive({ url }: NodeProcess, communityId: CommunityId): Promise<string> {
  const variables = { communityId, to: null, key: `archive at ${url}` }
  const query = COMMUNITY_MUTATIONS.createArchive
  const { createArchive: answer } = await askData<{ createArchive: Answer }>(`${url}/graphql`, query, variables)
  if (answer.runId === undefined) throw new Error(`createArchive was answered with ${JSON.stringify(answer)}`)
  return answer.runId
}

async function expectCreated({ url }: NodeProcess, runId: string): Promise<void> {
  const query = `{ archiveRun(runId: "${runId}") { status } }`
  await vi.waitFor(
    async () => expect(await askData(`${url}/graphql`, query)).toEqual({ archiveRun: { status: 'CREATED' } }),
    {
      timeout: 60_000,
    },
  )
}

async function torrentPortOf({ url }: NodeProcess): Promise<number> {
  type Port = { readonly status: { readonly torrentClient: { readonly port: number } } }
  return (await askData<Port>(`${url}/graphql`, '{ status { torrentClient { port } } }')).status.torrentClient.port
}

/** The program itself gives up after less than `STOP_MS`, and then with another code. */
async function expectStop(node: NodeProcess, signal: NodeJS.Signals): Promise<void> {
  const toldAt = performance.now()
  expect(await node.stop(signal)).toEqual({ code: 0, signal: null, errors: '' })
  const tookMs = performance.now() - toldAt
  console.log(`stopped by ${signal} in ${tookMs.toFixed(0)} ms`)
  expect(tookMs).toBeLessThan(promisedMs(STOP_MS))
}

function expectNothingOpen(dataDir: string): void {
  expect(existsSync(join(dataDir, 'runtime.json'))).toBe(false)
  for (const name of ['seedbank.db-wal', 'messages.db-wal']) {
    expect(statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0).toBe(0)
  }
}

/** Reads until the server has ended the stream, in whatever way. */
async function drain(stream: AsyncIterator<unknown>): Promise<void> {
  const rest = async (): Promise<void> => {
    while ((await stream.next()).done !== true);
  }
  await rest().catch(() => undefined) // A WebSocket that is going away is an error to its client.
}

async function readFacts(dataDir: string): Promise<readonly Recorded['event'][]> {
  const { events, fault } = await readLogSnapshot(dataDir)
  expect(fault).toBeNull()
  return events.map(({ event }) => event)
}

function runIdOf(event: Recorded['event'] | undefined): string | null {
  return event?.type === 'NodeStarted' ? event.data.runId : null
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  const outcome = once(socket, 'connect').then(
    () => true,
    () => false, // `once` rejects on "error".
  )
  return outcome.finally(() => socket.destroy())
}
