import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { createSeededRandom, type SeededRandom } from '../../bench/seeded-random.ts'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { brokenRules, pastsOf } from '../support/broken-rules.ts'
import { differencesFromUndisturbed, presentFiles, readDataFiles, recordedFiles } from '../support/files-as-recorded.ts'
import { readLogSnapshot, type LogSnapshot } from '../support/log-snapshot.ts'
import { createMortalNode, type MortalNode } from '../support/mortal-node.ts'
import { NODE_STATE, servedIn, servedInLog, unsettled, type NodeState } from '../support/node-state.ts'
import { createPersistentClient, type PersistentClient } from '../support/persistent-client.ts'
import { createRestlessOperator, TOPICS, type RestlessOperator } from '../support/restless-operator.ts'
import { completeBitfield, readBitfield } from '../support/served-pieces.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { torrentClientPidOf } from '../support/torrent-client-pid.ts'

const CRASHES = Number(process.env['SEEDBANK_CRASHES'] ?? 10)
const SEED = Number(process.env['SEEDBANK_SEED'] ?? Date.now() % 1_000_000)
const COMMUNITIES = 3
const GRACE_SECONDS = 1
/** For a node to come to rest, on a machine that is busy with other things. */
const REST_MS = 60_000
/** A node takes about so long to answer; a part of the crashes comes before. */
const START_MS = 3_000

test(
  `a node that is killed ${CRASHES} times loses nothing, and does nothing twice`,
  { timeout: 120_000 + CRASHES * 30_000 },
  async () => {
    console.log(`SEEDBANK_SEED=${SEED} SEEDBANK_CRASHES=${CRASHES}`)
    const random = createSeededRandom(SEED)
    const node = createMortalNode(createTemporaryFolder(), { SEEDBANK_GRACE_SECONDS: String(GRACE_SECONDS) })
    const client = createPersistentClient(node)
    node.spawn()
    const operators = await Promise.all(
      Array.from({ length: COMMUNITIES }, async (_, n) => createRestlessOperator(client, createSeededRandom(SEED + n))),
    )
    const life = letThemAct(operators)
    const bytes = new Map<string, Buffer>()
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      await crashAtSomeMoment(node, client, random)
      expectHistory(await readLogSnapshot(node.dataDir), client)
      node.spawn()
      if (random.below(4) === 0) await crashInTheStart(node, random)
      await client.pause()
      await expectAtRest(node, client, bytes)
      await expectMessages(node.dataDir, operators)
      client.resume()
    }
    await life.end()
    await Promise.all(operators.map(async (operator) => operator.settleDown()))
    await expectEnd(node, client, bytes)
  },
)

/** All operators act at once, until the end. */
function letThemAct(operators: readonly RestlessOperator[]): { end(): Promise<void> } {
  let isOver = false
  const acting = Promise.all(
    operators.map(async ({ act }) => {
      while (!isOver) await act()
    }),
  )
  acting.catch(() => undefined) // Told by `end`, if nothing else fails before.
  return {
    async end() {
      isOver = true
      await acting
    },
  }
}

async function crashAtSomeMoment(node: MortalNode, client: PersistentClient, random: SeededRandom): Promise<void> {
  const wishes = client.answered.length + random.below(30)
  await vi.waitUntil(() => client.answered.length >= wishes, { timeout: REST_MS, interval: 1 })
  if (random.below(3) === 0) await killTorrentClient(node)
  await setTimeout(random.below(150))
  await node.end()
}

async function killTorrentClient(node: MortalNode): Promise<void> {
  const { pid } = await node.life()
  const torrentClient = torrentClientPidOf(pid)
  if (torrentClient !== null) process.kill(torrentClient, 'SIGKILL')
}

async function crashInTheStart(node: MortalNode, random: SeededRandom): Promise<void> {
  await setTimeout(random.below(START_MS))
  await node.end()
  node.spawn()
}

/** What holds at every moment, told by the log alone. */
function expectHistory({ events, fault, live, rebuilt }: LogSnapshot, { answered }: PersistentClient): void {
  expect(fault).toBeNull()
  expect(rebuilt).toEqual(live)
  expect(brokenRules(events, GRACE_SECONDS * 1000)).toEqual([])
  const wished = events.filter(({ actor }) => actor === 'local')
  const granted = wished.map(({ correlationId, event }) => `${correlationId} ${event.type}`)
  expect(granted).toEqual([...new Set(granted)])
  const correlationAt = new Map<string, string>(events.map((each) => [String(each.position), each.correlationId]))
  for (const { answer, correlationId, mutation } of answered) {
    if (answer.position == null) continue
    expect({ mutation, by: correlationAt.get(answer.position) }).toEqual({ mutation, by: correlationId })
  }
}

/** What holds in a node that has come to rest. */
async function expectAtRest(node: MortalNode, client: PersistentClient, bytes: Map<string, Buffer>): Promise<void> {
  await vi.waitFor(async () => expect(unsettled(await client.ask<NodeState>(NODE_STATE))).toEqual([]), {
    timeout: REST_MS,
    interval: 50,
  })
  // A grace may end between two looks.
  const snapshot = await vi.waitFor(async () => expectServedAsRecorded(node, client), {
    timeout: REST_MS,
    interval: 50,
  })
  expectHistory(snapshot, client)
  expect(presentFiles(node.dataDir)).toEqual(recordedFiles(snapshot.events))
  const pasts = pastsOf(snapshot.events)
  for (const [path, now] of readDataFiles(node.dataDir, snapshot.events)) {
    const before = bytes.get(path) ?? Buffer.alloc(0)
    expect(now.subarray(0, before.length).equals(before)).toBe(true)
    expect(now.length).toBe(pasts.get(path.split('/')[0] ?? '')?.dataBytes)
    bytes.set(path, now)
  }
}

/** The log, the API and a peer that dials each torrent that ever was tell of the same torrents. */
async function expectServedAsRecorded(node: MortalNode, client: PersistentClient): Promise<LogSnapshot> {
  const state = await client.ask<NodeState>(NODE_STATE)
  const snapshot = await readLogSnapshot(node.dataDir)
  const recorded = servedIn(state)
  const hashes = recorded.map(({ infoHash }) => infoHash).sort()
  expect(servedInLog(pastsOf(snapshot.events))).toEqual(hashes)
  const port = state.status.torrentClient.port ?? 0
  for (const { infoHash, dataBytes, indexBytes } of recorded) {
    const whole = completeBitfield(Math.ceil((dataBytes + indexBytes) / PIECE_BYTES))
    expect(await readBitfield(port, infoHash)).toEqual(whole)
  }
  for (const infoHash of [...pastsOf(snapshot.events).values()].flatMap(({ created }) => created)) {
    if (!hashes.includes(infoHash)) expect(await readBitfield(port, infoHash)).toBeNull()
  }
  return snapshot
}

/** Every message that a client was told is recorded. */
async function expectMessages(dataDir: string, operators: readonly RestlessOperator[]): Promise<void> {
  const reader = openMessageReader(join(dataDir, 'messages.db'))
  const all = { from: 0 as UnixSeconds, to: (2 ** 32) as UnixSeconds, topics: TOPICS, recordedUpTo: 2 ** 53 }
  for (const { communityId, acknowledged } of operators) {
    const messages = [...reader.readRange({ ...all, communityId: communityId as CommunityId })]
    const recorded = new Map(messages.map(({ hash, payload }) => [hexOf(hash), hexOf(payload)]))
    const lost = [...acknowledged].filter(([hash, payload]) => recorded.get(hash) !== payload)
    expect(lost).toEqual([])
  }
  await reader.close()
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

async function expectEnd(node: MortalNode, client: PersistentClient, bytes: Map<string, Buffer>): Promise<void> {
  await expectAtRest(node, client, bytes)
  await vi.waitFor(
    async () => {
      const { communities } = await client.ask<NodeState>(NODE_STATE)
      const roles = communities.edges.map(({ node: { torrents } }) => torrents.map(({ role }) => role))
      expect(roles).toEqual(roles.map(() => ['CURRENT']))
    },
    { timeout: REST_MS, interval: 50 },
  )
  await expectServedAsRecorded(node, client)
  expect(await node.end('SIGTERM')).toMatchObject({ code: 0 })
  const snapshot = await readLogSnapshot(node.dataDir)
  expectHistory(snapshot, client)
  expect(await differencesFromUndisturbed(node.dataDir, snapshot.events)).toEqual([])
  const { answered } = client
  const count = (type: string): string => `${snapshot.events.filter(({ event }) => event.type === type).length} ${type}`
  console.log(
    `${answered.length} wishes, ${answered.filter(({ sent }) => sent > 1).length} of them sent again;`,
    `${snapshot.events.length} events:`,
    ...['ArchiveCreated', 'ArchiveCreationFailed', 'SeedingStarted', 'MagnetlinkDispatched', 'NodeStarted'].map(count),
    count('TorrentClientDown'),
  )
}
