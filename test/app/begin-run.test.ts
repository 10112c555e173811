import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dataPathOf, torrentPathOf, versionFolderOf } from '../../src/archives/archive-paths.ts'
import { nodeFileSteps } from '../../src/archives/file-steps.ts'
import { beginTestRun, factsOf, openRunStores } from '../support/begun-run.ts'
import { COMMUNITY, infoHash, packed, runId } from '../support/community-facts.ts'
import { systemError } from '../support/recorded-file-steps.ts'
import { addCommunity, communityNumber, createArchive, metaOf } from '../support/sample-wishes.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

describe('a run of the node', () => {
  test('is recorded from its start to its goodbye', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
    const { end } = await beginTestRun(stores, dataDir, '1.2.3')
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

  test('has an id of its own each time', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
    for (let start = 0; start < 3; start += 1) await beginTestRun(stores, dataDir)
    const events = await stores.log.read({ limit: 10, types: ['NodeStarted'] })
    const ids = events.map(({ event }) => (event.type === 'NodeStarted' ? event.data.runId : null))
    expect(new Set(ids).size).toBe(3)
  })
})

describe('archiving that the process before did not live to end', () => {
  test('is recorded as interrupted, and can be started again', async () => {
    const dataDir = createTemporaryFolder()
    const before = await openRunStores(dataDir)
    for (const [index, communityId] of [COMMUNITY, communityNumber(2)].entries()) {
      valueOf(await before.stores.execute(addCommunity(communityId, { archiving: true }), metaOf()))
      valueOf(await before.stores.execute(createArchive(communityId, index + 1), metaOf()))
    }
    await before.close()

    const { stores } = await openRunStores(dataDir)
    const head = stores.log.head()
    await beginTestRun(stores, dataDir)
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
    await beginTestRun(stores, dataDir)
    expect(await factsOf(stores, again)).toMatchObject([{ type: 'NodeStarted' }, { data: { runId: runId(3) } }])
  })

  test('leaves no files, and what events name is kept', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
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

    const { swept } = await beginTestRun(stores, dataDir)
    const surplus = [unfinished, versionFolderOf(archivesDir, COMMUNITY, infoHash(2)), dirname(unfinished)]
    expect(swept).toEqual([{ cut: [data], removed: surplus }])
    expect((await beginTestRun(stores, dataDir)).swept).toEqual([])
    expect(readFileSync(data)).toHaveLength(packed(1).dataBytes)
    expect(existsSync(versionFolderOf(archivesDir, COMMUNITY, infoHash(1)))).toBe(true)
    expect(existsSync(versionFolderOf(archivesDir, COMMUNITY, infoHash(2)))).toBe(false)
    expect(existsSync(unfinished)).toBe(false)
    expect(existsSync(unheardOf)).toBe(true)
    expect(existsSync(join(dataDir, 'keys', 'of-something'))).toBe(true)
  })

  test('is told of where it cannot be removed, and bars no start', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
    const folders = [COMMUNITY, communityNumber(2)].map((id) => versionFolderOf(stores.archivesDir, id, infoHash(1)))
    for (const id of [COMMUNITY, communityNumber(2)]) await stores.execute(addCommunity(id), metaOf())
    for (const folder of folders) writeWithFolder(join(folder, 'index'))
    const cause = systemError('EPERM')
    const remove = (path: string): void => {
      if (path === folders[0]) throw cause
      nodeFileSteps.remove(path)
    }
    const { swept, unswept } = await beginTestRun(stores, dataDir, '1.0.0', { ...nodeFileSteps, remove })
    expect(unswept).toEqual([{ path: folders[0], cause }])
    expect(swept[0]?.removed).toContain(folders[1])
    expect(folders.map((folder) => existsSync(folder))).toEqual([true, false])
    expect((await beginTestRun(stores, dataDir)).swept[0]?.removed).toContain(folders[0])
  })

  test('is none after a leave, whose files are kept', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
    const { archivesDir, execute } = stores
    await execute(addCommunity(COMMUNITY, { archiving: true }), metaOf())
    await execute(createArchive(COMMUNITY, 1), metaOf())
    await execute({ type: 'RecordArchiveCreated', communityId: COMMUNITY, archive: packed(1) }, metaOf())
    await execute({ type: 'LeaveCommunity', communityId: COMMUNITY }, metaOf())
    writeWithFolder(torrentPathOf(archivesDir, COMMUNITY, infoHash(1)))
    await beginTestRun(stores, dataDir)
    expect(existsSync(torrentPathOf(archivesDir, COMMUNITY, infoHash(1)))).toBe(true)
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted' })
  })
})

test('archives beside a log without any event are kept, and the run is refused', async () => {
  const dataDir = createTemporaryFolder()
  const { stores } = await openRunStores(dataDir)
  const data = dataPathOf(stores.archivesDir, COMMUNITY, 1)
  writeWithFolder(data)

  await expect(beginTestRun(stores, dataDir)).rejects.toThrow('Cannot begin a new log beside the archives of 1')
  expect(existsSync(data)).toBe(true)
  expect(stores.log.head()).toBe(0)
})

function writeWithFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'content')
}
