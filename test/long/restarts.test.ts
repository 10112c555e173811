import { expect, onTestFinished, test, vi } from 'vitest'
import { startApp } from '../../src/app.ts'
import { openStores } from '../../src/app/stores.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { createApiClient } from '../support/api-client.ts'
import { brokenRules } from '../support/broken-rules.ts'
import { expectWhole } from '../support/expect-served.ts'
import { readLogSnapshot } from '../support/log-snapshot.ts'
import { LOOPBACK, startNodeProcess } from '../support/node-process.ts'
import { NODE_STATE, servedIn, unsettled, type NodeState, type TorrentState } from '../support/node-state.ts'
import { addSmallCommunity, archiveSmallCommunity } from '../support/small-community.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const COMMUNITIES = 100
const RESTARTS = Number(process.env['SEEDBANK_RESTARTS'] ?? 2)
/** So many of them begin after a SIGKILL, the others after a goodbye. */
const KILLS = Math.ceil(RESTARTS / 10)
const LIMIT_MS = 60_000

const NODE_EVENTS: ReadonlySet<string> = new Set(['NodeStarted', 'NodeStopped'])

test(
  `${RESTARTS} restarts of ${COMMUNITIES} healthy communities append node events alone, and all are served again`,
  { timeout: 300_000 },
  async () => {
    const dataDir = createTemporaryFolder()
    await addCommunities(dataDir)
    const torrents = await serveForTheFirstTime(dataDir)
    const before = await readEvents(dataDir)
    const tookMs: number[] = []
    for (let restart = 0; restart < RESTARTS; restart += 1) {
      tookMs.push(restart < KILLS ? await runAndKill(dataDir, torrents) : await runAndStop(dataDir, torrents))
    }
    const after = (await readEvents(dataDir)).slice(before.length)
    expect(after.filter(({ event }) => !NODE_EVENTS.has(event.type))).toEqual([])
    expect(after).toHaveLength(2 * RESTARTS - KILLS)
    const [fastest, median, slowest] = [0, Math.floor(RESTARTS / 2), RESTARTS - 1].map(
      (n) => tookMs.toSorted((a, b) => a - b)[n],
    )
    console.log(`all ${COMMUNITIES} served again after ${fastest} ms at best, ${median} at median, ${slowest} at worst`)
  },
)

async function addCommunities(dataDir: string): Promise<void> {
  await using closing = new AsyncDisposableStack()
  const stores = valueOf(await openStores(dataDir, closing))
  for (let n = 0; n < COMMUNITIES; n += 1) await archiveSmallCommunity(stores, await addSmallCommunity(stores, 2))
}

/** @returns What is served then. */
async function serveForTheFirstTime(dataDir: string): Promise<readonly TorrentState[]> {
  const node = await startNodeProcess(dataDir)
  onTestFinished(async () => void (await node.stop('SIGKILL')))
  const api = createApiClient(node.url)
  const torrents = await vi.waitFor(
    async () => {
      const state = await api.request<NodeState>(NODE_STATE)
      expect(unsettled(state)).toEqual([])
      return servedIn(state)
    },
    { timeout: LIMIT_MS, interval: 100 },
  )
  await api.close()
  expect(await node.stop()).toMatchObject({ code: 0 })
  expect(torrents).toHaveLength(COMMUNITIES)
  return torrents
}

/** @returns How long it took from the start until all were served, in milliseconds. */
async function runAndStop(dataDir: string, torrents: readonly TorrentState[]): Promise<number> {
  const startedAt = performance.now()
  const app = valueOf(await startApp(valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir }))))
  try {
    await expectAllServed(app.url, torrents)
    return Math.round(performance.now() - startedAt)
  } finally {
    await app.stop()
  }
}

async function runAndKill(dataDir: string, torrents: readonly TorrentState[]): Promise<number> {
  const startedAt = performance.now()
  const node = await startNodeProcess(dataDir)
  try {
    await expectAllServed(node.url, torrents)
    return Math.round(performance.now() - startedAt)
  } finally {
    await node.stop('SIGKILL')
  }
}

/** Shakes hands for every torrent, as a peer would, until the node has all pieces of each. */
async function expectAllServed(url: string, torrents: readonly TorrentState[]): Promise<void> {
  const api = createApiClient(url)
  const { status } = await api.request<Pick<NodeState, 'status'>>('{ status { torrentClient { port } } }')
  await api.close()
  for (const torrent of torrents) {
    await vi.waitFor(async () => expectWhole(status.torrentClient.port, torrent), { timeout: LIMIT_MS, interval: 20 })
  }
}

async function readEvents(dataDir: string): Promise<readonly Recorded[]> {
  const { events, fault, live, rebuilt } = await readLogSnapshot(dataDir)
  expect(fault).toBeNull()
  expect(rebuilt).toEqual(live)
  expect(brokenRules(events, 0)).toEqual([])
  return events
}
