import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore, readAll } from '../support/temporary-message-store.ts'

const RECORDER = join(import.meta.dirname, '..', 'support', 'endless-recorder.ts')

test('a killed process leaves all that it acknowledged, and whole transactions', async () => {
  const folder = createTemporaryFolder()
  const recorder = spawn(process.execPath, [RECORDER, join(folder, 'messages.db'), COMMUNITY], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void recorder.kill('SIGKILL'))
  let printed = ''
  for await (const text of recorder.stdout) {
    printed += String(text)
    if (acknowledgedIn(printed) >= 2_000) recorder.kill('SIGKILL')
  }
  if (recorder.signalCode === null) await once(recorder, 'exit')

  const { store, file } = openTemporaryStore(folder)

  const found = readAll(store).map(({ thirdPartyId }) => Number(thirdPartyId))
  expect(found.length).toBeGreaterThanOrEqual(acknowledgedIn(printed))
  expect(found).toEqual(found.map((_, index) => index))
  expect(store.countMessages(COMMUNITY)).toBe(found.length)
  expect(integrityOf(file)).toBe('ok')
})

/** The number in the last whole line. */
function acknowledgedIn(printed: string): number {
  return Number(printed.split('\n').at(-2) ?? 0)
}

function integrityOf(file: string): unknown {
  const db = new Database(file, { readonly: true })
  onTestFinished(() => void db.close())
  return db.pragma('integrity_check', { simple: true })
}
