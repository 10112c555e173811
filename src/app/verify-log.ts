import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { err, type Result } from '../domain/result.ts'
import { EventReader } from '../events/event-reader.ts'
import type { Fault } from '../events/event-log.ts'
import type { ChainEnd, TellProgress } from '../events/verify-chain.ts'

/** The log is not what was written. */
export interface LogNotWhole extends Fault {
  readonly type: 'LogNotWhole'
}

/** Nothing was ever recorded there. */
export interface LogMissing {
  readonly type: 'LogMissing'
  readonly file: string
}

/**
 * Checks the chain of the log of a data directory, beside the process that writes it, if there is one: every leaf and link is
 * computed anew.
 *
 * @throws When the file is no log, or one of another program's version.
 */
export async function verifyLog(
  dataDir: string,
  onProgress?: TellProgress,
): Promise<Result<ChainEnd, LogNotWhole | LogMissing>> {
  const file = join(dataDir, 'seedbank.db')
  if (!existsSync(file)) return err({ type: 'LogMissing', file })
  const reader = openReader(file)
  try {
    const verified = await reader.verify(onProgress)
    return verified.ok ? verified : err({ type: 'LogNotWhole', ...verified.error })
  } catch (cause) {
    throw cannotVerify(file, cause)
  } finally {
    reader.close()
  }
}

function openReader(file: string): EventReader {
  try {
    return new EventReader(file)
  } catch (cause) {
    throw cannotVerify(file, cause)
  }
}

/** SQLite names no file where it finds one malformed. */
function cannotVerify(file: string, cause: unknown): Error {
  return new Error(`Cannot verify the log in "${file}"`, { cause })
}
