import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { acquireDataDirectoryLock } from '../../src/events/data-directory-lock.ts'
import { temporaryLogFile } from '../support/temporary-log.ts'

const temporaryDirectory = (): string => dirname(temporaryLogFile())

/** A process of its own that tries to take the lock, and what it says about it. */
async function tryInProcess(directory: string): Promise<{ readonly process: ChildProcess; readonly says: unknown }> {
  const process = fork(join(import.meta.dirname, '../support/hold-lock.ts'), [directory], { execArgv: [] })
  onTestFinished(() => void process.kill('SIGKILL'))
  const [says] = (await once(process, 'message')) as [unknown]
  return { process, says }
}

async function kill(process: ChildProcess): Promise<void> {
  const exit = once(process, 'exit')
  process.kill('SIGKILL')
  await exit
}

test('a second process finds the lock and says so, until the first is killed', async () => {
  const directory = temporaryDirectory()
  const first = await tryInProcess(directory)
  expect(first.says).toBe('locked')
  expect((await tryInProcess(directory)).says).toBe('DataDirectoryLocked')
  expect(acquireDataDirectoryLock(directory)).toEqual({ ok: false, error: { type: 'DataDirectoryLocked', directory } })

  await kill(first.process)
  const lock = acquireDataDirectoryLock(directory)
  expect(lock.ok).toBe(true)
  expect((await tryInProcess(directory)).says).toBe('DataDirectoryLocked')
  if (lock.ok) lock.value.close()
  expect((await tryInProcess(directory)).says).toBe('locked')
})

test('the same process does not get it twice', () => {
  const directory = temporaryDirectory()
  const lock = acquireDataDirectoryLock(directory)
  expect(acquireDataDirectoryLock(directory)).toMatchObject({ ok: false })
  if (lock.ok) lock.value.close()
  const again = acquireDataDirectoryLock(directory)
  expect(again.ok).toBe(true)
  if (again.ok) again.value.close()
})

test('a directory that is not there is a fault, not a refusal', () => {
  expect(() => acquireDataDirectoryLock(join(temporaryDirectory(), 'nowhere'))).toThrow('Cannot lock')
})
