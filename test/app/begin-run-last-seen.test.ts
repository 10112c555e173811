import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLastSeenAt, readRuntime } from '../../src/app/runtime-file.ts'
import { systemClock } from '../../src/app/system-clock.ts'
import type { Stores } from '../../src/app/stores.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { beginTestRun, factsOf, openRunStores } from '../support/begun-run.ts'
import { COMMUNITY } from '../support/community-facts.ts'
import { addCommunity, metaOf } from '../support/sample-wishes.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

describe('a run of the node', () => {
  test('tells when the one before, which said no goodbye, was last seen', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
    await beginTestRun(stores, dataDir)
    const later = Math.floor(Date.now() / 1000) + 60
    utimesSync(join(dataDir, 'runtime.json'), later, later)
    await beginTestRun(stores, dataDir)
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt: later * 1000 } })
  })

  test('was seen when it recorded something, if it died before its next sign of life', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
    await beginTestRun(stores, dataDir)
    utimesSync(join(dataDir, 'runtime.json'), 1_700_000_000, 1_700_000_000)
    await stores.execute(addCommunity(COMMUNITY), metaOf())
    const [added] = await stores.log.read({ order: 'DESC', limit: 1 })
    await beginTestRun(stores, dataDir)
    const lastSeenAt = added?.recordedAt
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt } })
  })

  test('was not seen by what the command line recorded after its death', async () => {
    const dataDir = createTemporaryFolder()
    let time = systemClock.now()
    const { stores } = await openRunStores(dataDir, () => time)
    await beginTestRun(stores, dataDir)
    const [started] = await stores.log.read({ order: 'DESC', limit: 1 })
    utimesSync(join(dataDir, 'runtime.json'), 1_700_000_000, 1_700_000_000)
    time = (time + 3_600_000) as UnixMillis
    await stores.execute(addCommunity(COMMUNITY), metaOf({ actor: 'cli' }))
    await beginTestRun(stores, dataDir)
    const lastSeenAt = started?.recordedAt
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt } })
  })

  test('leaves signs of life from its start until its goodbye is recorded', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
    const seen: (number | null)[] = []
    const execute: Stores['execute'] = async (command, meta) => {
      const answer = await stores.execute(command, meta)
      if (command.type === 'RecordNodeStopped') seen.push(readLastSeenAt(dataDir))
      return answer
    }
    const { end } = await beginTestRun({ ...stores, execute }, dataDir)
    expect(readRuntime(dataDir)).toMatchObject({ pid: process.pid, url: null })
    await end()
    expect(seen).toEqual([expect.any(Number)])
    expect(readRuntime(dataDir)).toBe(null)
    await beginTestRun(stores, dataDir)
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt: null } })
  })

  test('that died is turned to by nobody from the moment on at which another process has the data directory', async () => {
    const dataDir = createTemporaryFolder()
    const died = { pid: process.pid, url: 'http://127.0.0.1:4000', secret: 's' }
    writeFileSync(join(dataDir, 'runtime.json'), JSON.stringify(died))
    await openRunStores(dataDir)
    expect(readRuntime(dataDir)).toMatchObject({ url: null })
  })

  test('that said goodbye is believed, whatever file is left', async () => {
    const dataDir = createTemporaryFolder()
    const { stores } = await openRunStores(dataDir)
    const { end } = await beginTestRun(stores, dataDir)
    await end()
    writeFileSync(join(dataDir, 'runtime.json'), '{}')
    await beginTestRun(stores, dataDir)
    expect((await factsOf(stores)).at(-1)).toMatchObject({ type: 'NodeStarted', data: { lastSeenAt: null } })
  })
})
