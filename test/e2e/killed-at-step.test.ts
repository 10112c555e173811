import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Stores } from '../../src/app/stores.ts'
import { dataPathOf, versionFolderOf } from '../../src/archives/archive-paths.ts'
import { nodeFileSteps } from '../../src/archives/file-steps.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { endRun, startRun } from '../support/archive-run.ts'
import { beginTestRun, factsOf, openRunStores } from '../support/begun-run.ts'
import { changingSteps } from '../support/changing-steps.ts'
import { doWork, type DeadlyWork } from '../support/deadly-work.ts'
import { differencesFromUndisturbed, presentFiles, recordedFiles } from '../support/files-as-recorded.ts'
import type { ArchiveRun } from '../support/run-messages.ts'
import { sampleMessages } from '../support/sample-message.ts'
import { addSmallCommunity, archiveSmallCommunity, SENT_AT } from '../support/small-community.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const HISTORY_NAMES = ['a first version', 'a next version, over a broken one', 'the sweep of a broken version'] as const
/** Processes that run at the same time. */
const AT_ONCE = 2
const DEADLY_WORK = new URL('../support/deadly-work.ts', import.meta.url).href
const CHILD = fileURLToPath(new URL('../support/killed-at-step.ts', import.meta.url))

/** A run that the log says is under way, and what the process does with it that is to be killed. */
interface Doomed {
  readonly run: ArchiveRun
  readonly work: DeadlyWork
}

/** What is under way when the process is killed. A first version differs from a next one in its first steps alone. */
const HISTORIES = {
  'a first version': { archives: 0, isBroken: false, workOn: packing, leastSteps: 16, killsAt: 4 },
  'a next version, over a broken one': {
    archives: 1,
    isBroken: true,
    workOn: packing,
    leastSteps: 15,
    killsAt: Infinity,
  },
  'the sweep of a broken version': { archives: 1, isBroken: true, workOn: sweeping, leastSteps: 5, killsAt: Infinity },
} as const

/** A new community with so many archives, of which the next run was started. */
async function doom(stores: Stores, history: keyof typeof HISTORIES): Promise<Doomed> {
  const { archives, isBroken, workOn } = HISTORIES[history]
  const communityId = await addSmallCommunity(stores, 5)
  if (archives === 1) await archiveSmallCommunity(stores, communityId)
  const from = (SENT_AT + archives) as UnixSeconds
  await stores.messages.record(communityId, sampleMessages(3, { timestamp: from }))
  const run = await startRun(stores, communityId, from, (from + 1) as UnixSeconds)
  if (isBroken) leaveBroken(run)
  return { run, work: workOn(stores, run) }
}

/** Leaves behind the recorded version what a run leaves that could not be undone. */
function leaveBroken({ request: { archivesDir, communityId } }: ArchiveRun): void {
  appendFileSync(dataPathOf(archivesDir, communityId, 1), Buffer.alloc(200_000, 'left over'))
  const folder = versionFolderOf(archivesDir, communityId, 'ff'.repeat(20) as InfoHash)
  mkdirSync(folder)
  writeFileSync(join(folder, 'index.partial'), 'half')
}

function packing({ messagesFile }: Stores, run: ArchiveRun): DeadlyWork {
  return { type: 'PACK', run, messagesFile }
}

function sweeping({ archivesDir }: Stores, { request: { communityId, previous } }: ArchiveRun): DeadlyWork {
  return { type: 'SWEEP', archivesDir, known: [{ communityId, versions: previous === null ? [] : [previous] }] }
}

/** How many steps it has to be killed at, found by taking them all. */
async function stepsOf({ work }: Doomed): Promise<number> {
  let steps = 0
  await doWork(
    work,
    changingSteps(() => (steps += 1)),
  )
  return steps
}

/** Processes that start with what an earlier one compiled. */
async function startChild(args: readonly string[], cache: string): Promise<unknown> {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache }
  return once(spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')
}

async function killAt({ work }: Doomed, diesAt: number, cache: string): Promise<void> {
  const args = [CHILD, JSON.stringify(work), String(diesAt)]
  expect(await startChild(args, cache)).toEqual([null, 'SIGKILL'])
}

/** Kills a process before each step of a history, and after the last: each time it was about another community. */
async function killAtEachStep(
  stores: Stores,
  history: keyof typeof HISTORIES,
  cache: string,
): Promise<readonly Doomed[]> {
  const undisturbed = await doom(stores, history)
  const steps = await stepsOf(undisturbed)
  const { leastSteps, killsAt } = HISTORIES[history]
  expect(steps).toBeGreaterThanOrEqual(leastSteps)
  const doomed: Doomed[] = []
  const kills = Math.min(steps + 1, killsAt)
  for (let kill = 0; kill < kills; kill += 1) doomed.push(await doom(stores, history))
  const lanes = Array.from({ length: AT_ONCE }, async (_, lane) => {
    for (const [diesAt, each] of doomed.entries()) if (diesAt % AT_ONCE === lane) await killAt(each, diesAt, cache)
  })
  await Promise.all(lanes)
  return [undisturbed, ...doomed]
}

test('a process that is killed at any step of packing or sweeping loses nothing', { timeout: 60_000 }, async () => {
  const dataDir = createTemporaryFolder()
  const before = await openRunStores(dataDir)
  const killed: Doomed[] = []
  const cache = createTemporaryFolder()
  await startChild(['--input-type=module', '-e', `await import('${DEADLY_WORK}')`], cache)
  for (const history of HISTORY_NAMES) killed.push(...(await killAtEachStep(before.stores, history, cache)))
  await before.close()

  const { stores } = await openRunStores(dataDir)
  const head = stores.log.head()
  await beginTestRun(stores, dataDir)
  const recorded = async (): Promise<readonly Recorded[]> => stores.log.read({ limit: 1000 })
  const interrupted = (await factsOf(stores, head)).slice(1)
  expect(interrupted).toMatchObject(killed.map(({ run: { runId } }) => ({ data: { runId, code: 'INTERRUPTED' } })))
  const events = await recorded()
  expect(presentFiles(dataDir)).toEqual(recordedFiles(events))

  for (const { run } of killed) {
    const { communityId, from, to, archivesDir, previous } = run.request
    expect(nodeFileSteps.sizeAt(dataPathOf(archivesDir, communityId, 1))).toBe(previous?.dataBytes ?? null)
    await endRun(stores, await startRun(stores, communityId, from, to))
  }
  const repeated = await recorded()
  expect(presentFiles(dataDir)).toEqual(recordedFiles(repeated))
  // It verifies every piece of every version as well.
  expect(await differencesFromUndisturbed(dataDir, repeated)).toEqual([])
})
