import { readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keepRuntimeFile, readLastSeenAt, readRuntime } from '../../src/app/runtime-file.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const RUNTIME = { pid: 4711, url: 'http://127.0.0.1:4000' }

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the runtime file', () => {
  test('is none before the first process', () => {
    const folder = createTemporaryFolder()
    expect(readRuntime(folder)).toBe(null)
    expect(readLastSeenAt(folder)).toBe(null)
  })

  test('tells where the process is, to its owner alone', () => {
    const folder = createTemporaryFolder()
    const remove = keepRuntimeFile(folder, RUNTIME)
    expect(readRuntime(folder)).toEqual(RUNTIME)
    expect(readdirSync(folder)).toEqual(['runtime.json'])
    expect(statSync(join(folder, 'runtime.json')).mode & 0o777).toBe(0o600)
    remove()
  })

  test('tells when the process was last seen, to within ten seconds', () => {
    const folder = createTemporaryFolder()
    const remove = keepRuntimeFile(folder, RUNTIME)
    vi.advanceTimersByTime(65_000)
    expect(readLastSeenAt(folder)).toBe(1_800_000_060_000)
    remove()
  })

  test('is gone once the process said goodbye, and stays so', () => {
    const folder = createTemporaryFolder()
    const remove = keepRuntimeFile(folder, RUNTIME)
    remove()
    vi.advanceTimersByTime(60_000)
    expect(readdirSync(folder)).toEqual([])
    expect(readLastSeenAt(folder)).toBe(null)
  })

  test('of a process that died tells when, in whole milliseconds, until the next one writes its own', () => {
    const folder = createTemporaryFolder()
    keepRuntimeFile(folder, RUNTIME)
    vi.clearAllTimers()
    utimesSync(join(folder, 'runtime.json'), 1_700_000_000.1239, 1_700_000_000.1239)
    expect(readLastSeenAt(folder)).toBe(1_700_000_000_123)
    expect(readRuntime(folder)).toEqual(RUNTIME)
    const remove = keepRuntimeFile(folder, { ...RUNTIME, pid: 4712 })
    expect(readRuntime(folder)?.pid).toBe(4712)
    remove()
  })
})
