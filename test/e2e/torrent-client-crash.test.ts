import { expect, onTestFinished, test, vi } from 'vitest'
import { openStores } from '../../src/app/stores.ts'
import { askData } from '../support/graphql-request.ts'
import { expectWhole } from '../support/expect-served.ts'
import { readLogSnapshot } from '../support/log-snapshot.ts'
import { startNodeProcess } from '../support/node-process.ts'
import { NODE_STATE, servedIn, unsettled, type NodeState } from '../support/node-state.ts'
import { promisedMs } from '../support/promised-ms.ts'
import { addSmallCommunity, archiveSmallCommunity } from '../support/small-community.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { CAN_FIND_CHILDREN, torrentClientPidOf } from '../support/torrent-client-pid.ts'
import { valueOf } from '../support/value-of.ts'

const COMMUNITIES = 20
const LIMIT_MS = 60_000
const BACK_MS = 2_000

test.skipIf(!CAN_FIND_CHILDREN)(
  'a torrent client that is killed is back with all it served, and the API answers meanwhile',
  { timeout: 120_000 },
  async () => {
    const dataDir = createTemporaryFolder()
    await addCommunities(dataDir)
    const node = await startNodeProcess(dataDir)
    onTestFinished(async () => void (await node.stop('SIGKILL')))
    const ask = async (): Promise<NodeState> => askData<NodeState>(`${node.url}/graphql`, NODE_STATE)
    const rest = async (): Promise<NodeState> => {
      const state = await ask()
      expect(unsettled(state)).toEqual([])
      return state
    }
    const before = await vi.waitFor(rest, { timeout: LIMIT_MS })
    const { port } = before.status.torrentClient
    const torrents = servedIn(before)
    expect(torrents).toHaveLength(COMMUNITIES)
    const recorded = (await readLogSnapshot(dataDir)).events.length

    const pid = torrentClientPidOf(node.pid)
    if (pid === null) throw new Error('The node has no torrent client')
    const killedAt = performance.now()
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(async () => expect((await ask()).status.torrentClient).toEqual({ status: 'DOWN', port: null }), {
      timeout: LIMIT_MS,
      interval: 1,
    })
    for (const torrent of torrents) {
      await vi.waitFor(async () => expectWhole(port, torrent), { timeout: LIMIT_MS, interval: 10 })
    }
    const backMs = performance.now() - killedAt
    console.log(`killed, and all ${COMMUNITIES} served again after ${backMs.toFixed(0)} ms`)
    expect(backMs).toBeLessThan(promisedMs(BACK_MS))

    expect(await vi.waitFor(rest, { timeout: LIMIT_MS })).toEqual(before)
    const { events, fault } = await readLogSnapshot(dataDir)
    expect(fault).toBeNull()
    expect(events.slice(recorded).map(({ event }) => event)).toEqual([
      { type: 'TorrentClientDown', data: { exitCode: null, signal: 'SIGKILL' } },
      { type: 'TorrentClientUp', data: {} },
    ])
  },
)

async function addCommunities(dataDir: string): Promise<void> {
  await using closing = new AsyncDisposableStack()
  const stores = valueOf(await openStores(dataDir, closing))
  for (let n = 0; n < COMMUNITIES; n += 1) await archiveSmallCommunity(stores, await addSmallCommunity(stores, 2))
}
