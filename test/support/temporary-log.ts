import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { EventLog } from '../../src/events/event-log.ts'
import { type EventLogOptions, openEventLog } from '../../src/events/sqlite-event-log.ts'

/** A file name for a log in a directory of its own, which goes when the test ends. */
export function temporaryLogFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'seedbank-log-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'seedbank.db')
}

/** A log that is closed when the test ends, in a new file unless one is given. */
export function openTemporaryLog(options: Partial<EventLogOptions> = {}): EventLog {
  const log = openEventLog({ file: options.file ?? temporaryLogFile(), projections: [], ...options })
  onTestFinished(() => log.close())
  return log
}
