import { existsSync, mkdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { beginRun } from '../../src/app/begin-run.ts'
import { readLastSeenAt, readRuntime } from '../../src/app/runtime-file.ts'
import { openStores, type Stores } from '../../src/app/stores.ts'
import { dataPathOf, torrentPathOf, versionFolderOf } from '../../src/archives/archive-paths.ts'
import type { Reconciled } from '../../src/archives/reconcile-archive-files.ts'
import { COMMUNITY, infoHash, packed, runId } from '../support/community-facts.ts'
import { addCommunity, communityNumber, createArchive, metaOf } from '../support/sample-wishes.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

interface Opened {
  readonly stores: Stores
  readonly close: () => Promise<void>
}

async function open(dataDir: string): Promise<Opened> {
  const closing = new AsyncDisposableStack()
  const close = async (): Promise<void> => closing.disposeAsync()
  onTestFinished(close)
  return { stores: valueOf(await openStores(dataDir, closing)), close }
}

interface Begun {
  /** What was swept, each time something was. */
  readonly swept: readonly Reconciled[]
  readonly end: () => Promise<void>
}

async function begin(stores: Stores, dataDir: string, version = '1.0.0'): Promise<Begun> {
  const closing = new AsyncDisposableStack()
  const end = async (): Promise<void> => closing.disposeAsync()
  onTestFinished(end)
  const swept: Reconciled[] = []
  const onFault = (fault: unknown): never => {
    throw fault
  }
  await beginRun({ stores, dataDir, version, onSwept: (one) => swept.push(one), onFault }, closing)
  return { swept, end }
}

async function factsOf({ log }: Stores, after = 0): Promise<readonly object[]> {
  const page = await log.read({ limit: 1000 })
  return page.filter(({ position }) => position > after).map(({ event }) => event)
}

describe('a run of the node', () => {
  test('is recorded from its start to its goodbye', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await open(dataDir)
    const { end } = await begin(stores, dataDir, '1.2.3')
    await end()
    const [started, stopped] = await factsOf(stores)
    expect(started).toMatchObject({ type: 'NodeStarted', data: { version: '1.2.3', lastSeenAt: null } })
    expect(stopped).toMatchObject({ type: 'NodeStopped' })
    const ids = (await stores.log.read({ limit: 10 })).map(({ event, actor }) => ({
      actor,
      runId: event.type === 'NodeStarted' || event.type === 'NodeStopped' ? event.data.runId : null,
    }))
    expect(ids[0]).toMatchObject({ actor: 'node', runId: expect.any(String) })
    expect(ids[1]).toEqual(ids[0])
  })

  test('tells when the one before, which said no goodbye, was last seen', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await open(dataDir)
    await begin(stores, dataDir)
    const later = Math.floor(Date.now() / 1000) + 60
    utimesSync(join(dataDir, 'runtime.json'), later, later)
    await begin(stores, dataDir)
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt: later * 1000 } })
  })

  test('was seen when it recorded something, if it died before its next sign of life', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await open(dataDir)
    await begin(stores, dataDir)
    utimesSync(join(dataDir, 'runtime.json'), 1_700_000_000, 1_700_000_000)
    await stores.execute(addCommunity(COMMUNITY), metaOf())
    const [added] = await stores.log.read({ order: 'DESC', limit: 1 })
    await begin(stores, dataDir)
    const lastSeenAt = added?.recordedAt
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt } })
  })

  test('leaves signs of life from its start until its goodbye is recorded', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await open(dataDir)
    const seen: (number | null)[] = []
    const execute: Stores['execute'] = async (command, meta) => {
      const answer = await stores.execute(command, meta)
      if (command.type === 'RecordNodeStopped') seen.push(readLastSeenAt(dataDir))
      return answer
    }
    const { end } = await begin({ ...stores, execute }, dataDir)
    expect(readRuntime(dataDir)).toEqual({ pid: process.pid, url: null })
    await end()
    expect(seen).toEqual([expect.any(Number)])
    expect(readRuntime(dataDir)).toBe(null)
    await begin(stores, dataDir)
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt: null } })
  })

  test('that said goodbye is believed, whatever file is left', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await open(dataDir)
    const { end } = await begin(stores, dataDir)
    await end()
    writeFileSync(join(dataDir, 'runtime.json'), '{}')
    await begin(stores, dataDir)
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt: null } })
  })

  test('has an id of its own each time', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await open(dataDir)
    for (let start = 0; start < 3; start += 1) await begin(stores, dataDir)
    const events = await stores.log.read({ limit: 10, types: ['NodeStarted'] })
    const ids = events.map(({ event }) => (event.type === 'NodeStarted' ? event.data.runId : null))
    expect(new Set(ids).size).toBe(3)
  })
})

describe('archiving that the process before did not live to end', () => {
  test('is recorded as interrupted, and can be started again', async () => {
    const dataDir = createTemporaryFolder()
    const before = await open(dataDir)
    for (const [index, communityId] of [COMMUNITY, communityNumber(2)].entries()) {
      valueOf(await before.stores.execute(addCommunity(communityId, { archiving: true }), metaOf()))
      valueOf(await before.stores.execute(createArchive(communityId, index + 1), metaOf()))
    }
    await before.close()

    const { stores } = await open(dataDir)
    const head = stores.log.head()
    await begin(stores, dataDir)
    expect(await factsOf(stores, head)).toMatchObject([
      { type: 'NodeStarted' },
      { type: 'ArchiveCreationFailed', communityId: COMMUNITY, data: { runId: runId(1), code: 'INTERRUPTED' } },
      { type: 'ArchiveCreationFailed', data: { runId: runId(2), code: 'INTERRUPTED' } },
    ])
    const failed = (await stores.log.read({ limit: 10, types: ['ArchiveCreationFailed'] }))[0]
    const started = (await stores.log.read({ limit: 10, types: ['ArchiveCreationStarted'] }))[0]
    expect(failed).toMatchObject({ causationId: started?.id, correlationId: started?.correlationId })
    expect(await stores.execute(createArchive(COMMUNITY, 3), metaOf())).toMatchObject({ ok: true })
    const again = stores.log.head()
    await begin(stores, dataDir)
    expect(await factsOf(stores, again)).toMatchObject([{ type: 'NodeStarted' }, { data: { runId: runId(3) } }])
  })

  test('leaves no files, and what events name is kept', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await open(dataDir)
    const { archivesDir, execute } = stores
    await execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    await execute(createArchive(COMMUNITY, 1), metaOf())
    await execute({ type: 'RecordArchiveCreated', communityId: COMMUNITY, archive: packed(1) }, metaOf())
    const data = dataPathOf(archivesDir, COMMUNITY, 1)
    for (const n of [1, 2]) writeWithFolder(torrentPathOf(archivesDir, COMMUNITY, infoHash(n)))
    writeFileSync(data, '')
    truncateSync(data, 3 * packed(1).dataBytes)
    const unfinished = dataPathOf(archivesDir, communityNumber(2), 1)
    writeWithFolder(unfinished)
    await execute(addCommunity(communityNumber(2), { archiving: true }), metaOf())
    const unheardOf = dataPathOf(archivesDir, communityNumber(3), 1)
    writeWithFolder(unheardOf)
    writeWithFolder(join(dataDir, 'keys', 'of-something'))

    const { swept } = await begin(stores, dataDir)
    expect(swept).toEqual([
      { cut: [data], removed: [versionFolderOf(archivesDir, COMMUNITY, infoHash(2)), unfinished].toSorted() },
    ])
    expect((await begin(stores, dataDir)).swept).toEqual([])
    expect(readFileSync(data)).toHaveLength(packed(1).dataBytes)
    expect(existsSync(versionFolderOf(archivesDir, COMMUNITY, infoHash(1)))).toBe(true)
    expect(existsSync(versionFolderOf(archivesDir, COMMUNITY, infoHash(2)))).toBe(false)
    expect(existsSync(unfinished)).toBe(false)
    expect(existsSync(unheardOf)).toBe(true)
    expect(existsSync(join(dataDir, 'keys', 'of-something'))).toBe(true)
  })

  test('is none after a leave, whose files are kept', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await open(dataDir)
    const { archivesDir, execute } = stores
    await execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    await execute(createArchive(COMMUNITY, 1), metaOf())
    await execute({ type: 'RecordArchiveCreated', communityId: COMMUNITY, archive: packed(1) }, metaOf())
    await execute({ type: 'LeaveCommunity', communityId: COMMUNITY }, metaOf())
    writeWithFolder(torrentPathOf(archivesDir, COMMUNITY, infoHash(1)))
    await begin(stores, dataDir)
    expect(existsSync(torrentPathOf(archivesDir, COMMUNITY, infoHash(1)))).toBe(true)
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted' })
  })
})

test('archives beside a log without any event are kept, and the run is refused', async () => {
  const dataDir = createTemporaryFolder()
  const { stores } = await open(dataDir)
  const data = dataPathOf(stores.archivesDir, COMMUNITY, 1)
  writeWithFolder(data)

  await expect(begin(stores, dataDir)).rejects.toThrow('Cannot begin a new log beside the archives of 1')
  expect(existsSync(data)).toBe(true)
  expect(stores.log.head()).toBe(0)
})

function writeWithFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'content')
}
