import { closeSync, openSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createOpenFilesAlarm } from '../../../src/torrents/client/open-files.ts'
import { createOpenFileBudget, type OpenFilePorts } from '../../../src/torrents/seeder/open-file-budget.ts'
import { countOpenFiles, readOpenFilesLimit } from '../../../src/torrents/seeder/process-files.ts'

const LIMIT = 100
const RESERVED = 12
const A_TORRENT = 4
const FULL = { code: 'TOO_MANY_OPEN_FILES' }

interface Process {
  open: number
  now: number
  readonly ports: OpenFilePorts
  readonly counts: () => number
}

/** What a process has open, and a clock, which the test sets. */
function processWith(open: number, limit: number | null = LIMIT): Process {
  let counts = 0
  const state: Process = {
    open,
    now: 0,
    counts: () => counts,
    ports: {
      readLimit: () => limit,
      now: () => state.now,
      countOpen: () => {
        counts += 1
        return state.open
      },
    },
  }
  return state
}

const nothing = async (): Promise<string> => 'opened'

describe('the budget of open files', () => {
  test('admits torrents up to what is kept for peers', async () => {
    const { admit } = createOpenFileBudget(processWith(LIMIT - RESERVED - A_TORRENT).ports)
    expect(await admit('one', nothing)).toBe('opened')
    const tooMany = createOpenFileBudget(processWith(LIMIT - RESERVED - A_TORRENT + 1).ports)
    await expect(tooMany.admit('two', nothing)).rejects.toMatchObject(FULL)
  })

  test('counts those that are being opened at the same time', async () => {
    const { admit } = createOpenFileBudget(processWith(LIMIT - RESERVED - 2 * A_TORRENT).ports)
    const opened = Promise.withResolvers<string>()
    const first = [admit('one', () => opened.promise), admit('two', () => opened.promise)]
    await expect(admit('three', nothing)).rejects.toMatchObject(FULL)
    opened.resolve('opened')
    await Promise.all(first)
    expect(await admit('three', nothing)).toBe('opened')
  })

  test('admits again once there is room', async () => {
    const state = processWith(LIMIT)
    const { admit } = createOpenFileBudget(state.ports)
    await expect(admit('one', nothing)).rejects.toMatchObject(FULL)
    state.open = 0
    expect(await admit('one', nothing)).toBe('opened')
  })

  test('is counted anew once a second, and not for each torrent', async () => {
    const state = processWith(0)
    const { admit } = createOpenFileBudget(state.ports)
    for (let each = 0; each < 10; each += 1) await admit('one', nothing)
    expect(state.counts()).toBe(1)
    state.now += 1_000
    await admit('one', nothing)
    expect(state.counts()).toBe(2)
  })

  test('keeps no more than 256, however high the limit', async () => {
    const { admit } = createOpenFileBudget(processWith(100_000 - 260, 100_000).ports)
    expect(await admit('one', nothing)).toBe('opened')
  })

  test.each([[null], [10]])('admits all where there is no limit to know of (%s are open)', async (open) => {
    const { admit, count } = createOpenFileBudget({ readLimit: () => null, countOpen: () => open, now: () => 0 })
    expect(await admit('one', nothing)).toBe('opened')
    expect(count()).toEqual({ openFiles: open, openFilesLimit: null })
  })

  test('takes all for open where counting them finds none left', () => {
    const countOpen = (): number => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE', errno: -24 })
    }
    expect(createOpenFileBudget({ readLimit: () => LIMIT, countOpen, now: () => 0 }).count()).toEqual({
      openFiles: LIMIT,
      openFilesLimit: LIMIT,
    })
  })
})

test.skipIf(process.platform !== 'linux')('the system tells what is open, and what may be', () => {
  const before = countOpenFiles() ?? 0
  const opened = Array.from({ length: 50 }, () => openSync('/dev/null', 'r'))
  const after = countOpenFiles() ?? 0
  opened.forEach(closeSync)
  expect(after - before).toBeGreaterThan(40) // Others of this process may come and go.
  expect(readOpenFilesLimit()).toBeGreaterThan(after)
})

test('many open files are told of before torrents are refused, whatever the limit', async () => {
  for (const limit of [64, 1_024, 65_536]) {
    const state = processWith(0, limit)
    const { admit, count } = createOpenFileBudget(state.ports)
    const isAlarming = createOpenFilesAlarm()
    while (!isAlarming(count())) {
      await admit('one', nothing)
      state.open += A_TORRENT
    }
    expect(await admit('one more', nothing)).toBe('opened')
  }
})

test('many open files are told once, and again after there were few', () => {
  const isAlarming = createOpenFilesAlarm()
  const told = [79, 80, 99, 80, 79, 85, null, 90].map((openFiles) => isAlarming({ openFiles, openFilesLimit: LIMIT }))
  expect(told).toEqual([false, true, false, false, false, true, false, true])
  expect(isAlarming({ openFiles: 1_000_000, openFilesLimit: null })).toBe(false)
})
