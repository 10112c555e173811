import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { pastsOf } from '../support/pasts-of.ts'
import { someMoment } from '../support/crash-moment.ts'
import { decodedMessage } from '../support/encoded-message.ts'
import { expectHistory } from '../support/expect-history.ts'
import { expectServedAsRecorded } from '../support/expect-served.ts'
import { differencesFromUndisturbed, presentFiles, readDataFiles, recordedFiles } from '../support/files-as-recorded.ts'
import { freePort } from '../support/free-port.ts'
import { readLogSnapshot, type LogSnapshot } from '../support/log-snapshot.ts'
import { createMortalNode, type MortalNode } from '../support/mortal-node.ts'
import { NODE_STATE, unsettled, type NodeState } from '../support/node-state.ts'
import { createPersistentClient, type PersistentClient } from '../support/persistent-client.ts'
import { createRestlessOperator, TOPICS, type RestlessOperator } from '../support/restless-operator.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { torrentClientPidOf } from '../support/torrent-client-pid.ts'

const CRASHES = Number(process.env['SEEDBANK_CRASHES'] ?? 2)
const SEED = Number(process.env['SEEDBANK_SEED'] ?? Date.now() % 1_000_000)
const COMMUNITIES = 3
const GRACE_MS = 1_000
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
    const node = createMortalNode(createTemporaryFolder(), {
      SEEDBANK_GRACE_SECONDS: String(GRACE_MS / 1000),
      // The same for every process, as in a router's rule: the torrent client of a dead one may not keep it.
      SEEDBANK_TORRENT_PORT: String(await freePort()),
    })
    const patience = createSeededRandom(SEED + COMMUNITIES)
    const client = createPersistentClient(node, () => (patience.below(10) === 0 ? 1 + patience.below(20) : null))
    node.spawn()
    const operators = await Promise.all(
      Array.from({ length: COMMUNITIES }, async (_, n) => createRestlessOperator(client, createSeededRandom(SEED + n))),
    )
    const life = letThemAct(operators)
    const bytes = new Map<string, Buffer>()
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      await crashAtSomeMoment(node, client, random)
      expectHistory(await readLogSnapshot(node.dataDir), client.answered, GRACE_MS)
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
  await someMoment(node.dataDir, client, random)
  if (random.below(4) === 0) {
    await killTorrentClient(node)
    await setTimeout(random.below(500))
  }
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

/** What holds in a node that has come to rest. */
async function expectAtRest(node: MortalNode, client: PersistentClient, bytes: Map<string, Buffer>): Promise<void> {
  await vi.waitFor(async () => expect(unsettled(await client.ask<NodeState>(NODE_STATE))).toEqual([]), {
    timeout: REST_MS,
    interval: 50,
  })
  // A grace may end between two looks.
  const snapshot = await vi.waitFor(async () => servedAsRecorded(node, client), {
    timeout: REST_MS,
    interval: 50,
  })
  expectHistory(snapshot, client.answered, GRACE_MS)
  expect(presentFiles(node.dataDir)).toEqual(recordedFiles(snapshot.events))
  const pasts = pastsOf(snapshot.events)
  for (const [path, now] of readDataFiles(node.dataDir, snapshot.events)) {
    const before = bytes.get(path) ?? Buffer.alloc(0)
    expect(now.subarray(0, before.length).equals(before)).toBe(true)
    expect(now.length).toBe(pasts.get(path.split('/')[0] ?? '')?.dataBytes)
    bytes.set(path, now)
  }
}

async function servedAsRecorded(node: MortalNode, client: PersistentClient): Promise<LogSnapshot> {
  return expectServedAsRecorded(node.dataDir, await client.ask<NodeState>(NODE_STATE))
}

/** Every message that a client was told is recorded. */
async function expectMessages(dataDir: string, operators: readonly RestlessOperator[]): Promise<void> {
  const reader = openMessageReader(join(dataDir, 'messages.db'))
  const all = { from: 0 as UnixSeconds, to: (2 ** 32) as UnixSeconds, topics: TOPICS, recordedUpTo: 2 ** 53 }
  for (const { communityId, acknowledged } of operators) {
    const range = { ...all, communityId: communityId as CommunityId }
    const messages = [...reader.readRange(range)].map(decodedMessage)
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
  await servedAsRecorded(node, client)
  expect(await node.end('SIGTERM')).toMatchObject({ code: 0 })
  const snapshot = await readLogSnapshot(node.dataDir)
  expectHistory(snapshot, client.answered, GRACE_MS)
  expect(await differencesFromUndisturbed(node.dataDir, snapshot.events)).toEqual([])
  report(client, snapshot.events)
}

function report({ answered }: PersistentClient, events: readonly Recorded[]): void {
  const types = events.map(({ event }) => event.type)
  const count = (all: readonly string[]): string =>
    JSON.stringify(
      Object.fromEntries(
        Map.groupBy(all, String)
          .entries()
          .map(([each, { length }]) => [each, length]),
      ),
    )
  console.log(
    `${answered.length} wishes, ${answered.filter(({ sent }) => sent > 1).length} of them sent again.`,
    `Events: ${count(types)}`,
    `The last events before a start: ${count(types.filter((_, index) => types[index + 1] === 'NodeStarted'))}`,
  )
}
