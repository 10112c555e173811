import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  disownServer,
  findServer,
  keepRuntimeFile,
  readLastSeenAt,
  readRuntime,
  type RuntimeFile,
} from '../../src/app/runtime-file.ts'
import { systemClock } from '../../src/app/system-clock.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const PID = 4711
/** No process has an id as high: Linux ends at 2^22. */
const NOBODY = 2 ** 30
const URL_OF_API = 'http://127.0.0.1:4000'

function unexpected(fault: unknown): never {
  throw fault
}

function keep(folder: string, onFault: (fault: unknown) => void = unexpected): RuntimeFile {
  return keepRuntimeFile(folder, PID, systemClock.now, onFault)
}

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
    const { tellUrl, remove, secret } = keep(folder)
    expect(secret).toMatch(/^sbr_[\w-]{43}$/)
    expect(readRuntime(folder)).toEqual({ pid: PID, url: null, secret })
    tellUrl(URL_OF_API)
    expect(readRuntime(folder)).toEqual({ pid: PID, url: URL_OF_API, secret })
    vi.advanceTimersByTime(10_000)
    expect(readRuntime(folder)).toEqual({ pid: PID, url: URL_OF_API, secret })
    expect(readdirSync(folder)).toEqual(['runtime.json'])
    expect(statSync(join(folder, 'runtime.json')).mode & 0o777).toBe(0o600)
    remove()
  })

  test('tells when the process was last seen, to within ten seconds', () => {
    const folder = createTemporaryFolder()
    const { remove } = keep(folder)
    vi.advanceTimersByTime(65_000)
    expect(readLastSeenAt(folder)).toBe(1_800_000_060_000)
    remove()
  })

  test('is gone once the process said goodbye, and stays so', () => {
    const folder = createTemporaryFolder()
    const { remove } = keep(folder)
    remove()
    vi.advanceTimersByTime(60_000)
    expect(readdirSync(folder)).toEqual([])
    expect(readLastSeenAt(folder)).toBe(null)
  })

  test('leads to a process that lives and was seen of late, and to no other, as the secret would be told there', () => {
    const folder = createTemporaryFolder()
    const { tellUrl, remove, secret } = keepRuntimeFile(folder, process.pid, systemClock.now, unexpected)
    const found = { ok: true, value: { url: URL_OF_API, secret } }
    const none = { ok: false, error: expect.stringMatching(/does not answer yet/) }
    expect(findServer(folder)).toEqual(none)
    tellUrl(URL_OF_API)
    expect(findServer(folder)).toEqual(found)
    const file = join(folder, 'runtime.json')
    const written = readFileSync(file, 'utf8')
    writeFileSync(file, JSON.stringify({ ...readRuntime(folder), pid: NOBODY }))
    utimesSync(file, new Date(), new Date())
    expect(findServer(folder)).toEqual(none)
    writeFileSync(file, written)
    utimesSync(file, new Date(), new Date(Date.now() - 60_000))
    expect(findServer(folder)).toEqual(none)
    remove()
    expect(findServer(folder)).toMatchObject({ error: expect.stringMatching(/is no server/) })
  })

  test('leads nowhere once somebody else has the data directory, and still tells when the one before was seen', () => {
    const folder = createTemporaryFolder()
    disownServer(folder)
    expect(readdirSync(folder)).toEqual([])
    const { tellUrl } = keepRuntimeFile(folder, process.pid, systemClock.now, unexpected)
    tellUrl(URL_OF_API)
    vi.clearAllTimers()
    const seenAt = readLastSeenAt(folder)
    vi.setSystemTime(Date.now() + 30_000)
    disownServer(folder)
    expect(readRuntime(folder)).toEqual({ pid: process.pid, url: null, secret: '' })
    expect(readLastSeenAt(folder)).toBe(seenAt)
    expect(readdirSync(folder)).toEqual(['runtime.json'])
  })

  test('that cannot be written is told of, and tried again', () => {
    const folder = createTemporaryFolder()
    const faults: unknown[] = []
    const { remove } = keep(folder, (fault) => faults.push(fault))
    mkdirSync(join(folder, 'runtime.json.partial'))
    vi.advanceTimersByTime(10_000)
    expect(faults).toEqual([new Error(`Cannot leave a sign of life in ${join(folder, 'runtime.json')}`)])
    rmdirSync(join(folder, 'runtime.json.partial'))
    vi.advanceTimersByTime(10_000)
    expect(readLastSeenAt(folder)).toBe(1_800_000_020_000)
    remove()
  })

  test('of a process that died tells when, in whole milliseconds, until the next one writes its own', () => {
    const folder = createTemporaryFolder()
    const { secret } = keep(folder)
    vi.clearAllTimers()
    utimesSync(join(folder, 'runtime.json'), 1_700_000_000.1239, 1_700_000_000.1239)
    expect(readLastSeenAt(folder)).toBe(1_700_000_000_123)
    expect(readRuntime(folder)).toEqual({ pid: PID, url: null, secret })
    const { remove } = keepRuntimeFile(folder, PID + 1, systemClock.now, unexpected)
    expect(readRuntime(folder)?.pid).toBe(PID + 1)
    // Whoever had the old one is let in no more.
    expect(readRuntime(folder)?.secret).not.toBe(secret)
    remove()
  })
})
