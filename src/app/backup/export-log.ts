import { existsSync } from 'node:fs'
import { join } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import { err, ok, type Result } from '../../domain/result.ts'
import { openRows, type LogRows } from '../../events/read-rows.ts'
import type { LogMissing } from '../no-log.ts'
import { LOG_NAME } from './backup-manifest.ts'
import { HEADER, LINK_EVERY, type HeaderLine } from './log-lines.ts'

/** A log as text. */
export interface ExportedLog extends Disposable {
  /** How many events there are. */
  readonly events: number
  /** Each without its line feed; `position` is that of the newest event so far. */
  lines(): AsyncGenerator<{ readonly text: string; readonly position: number }, void>
}

/**
 * Opens a log to be written down a line an event, beside the process that writes to it: a header; each event as the very
 * array whose canonical JSON is hashed, a link now and then, and the link of the last.
 */
export function exportLog(dataDir: string): Result<ExportedLog, LogMissing> {
  const file = join(dataDir, LOG_NAME)
  if (!existsSync(file)) return err({ type: 'LogMissing', file })
  const rows = openRows(file)
  return ok({
    events: rows.head.position,
    lines: () => linesOf(rows),
    [Symbol.dispose]: () => rows[Symbol.dispose](),
  })
}

async function* linesOf({ logId, head, pages }: LogRows): ReturnType<ExportedLog['lines']> {
  const header: HeaderLine = { ...HEADER, logId, program: packageJson.version, events: head.position }
  yield { text: JSON.stringify(header), position: 0 }
  for await (const page of pages()) {
    for (const { row, link } of page) {
      const [position] = row
      yield { text: JSON.stringify(row), position }
      if (position % LINK_EVERY === 0 && position < head.position) yield { text: linkLine(position, link), position }
    }
  }
  yield { text: linkLine(head.position, head.link), position: head.position }
}

function linkLine(position: number, link: Uint8Array): string {
  return JSON.stringify({ position, link: Buffer.from(link).toString('hex') })
}
