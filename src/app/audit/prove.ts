import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { proveEvent, type EventProof, type LogAltered, type NotInLog } from '../../audit/prove-event.ts'
import { err, type Result } from '../../domain/result.ts'
import { EventReader } from '../../events/event-reader.ts'
import type { Position } from '../../events/recorded-event.ts'
import type { LogMissing } from '../no-log.ts'

export type { EventProof }

/**
 * Proves that an event is in the log of a data directory, beside the process that writes it, if there is one.
 *
 * @param size How many events the note at hand covers; null: as many as the first one that covers the event.
 * @throws When the file is no log, or one of another program's version.
 */
export async function prove(
  dataDir: string,
  position: number,
  size: number | null,
): Promise<Result<EventProof, NotInLog | LogAltered | LogMissing>> {
  const file = join(dataDir, 'seedbank.db')
  if (!existsSync(file)) return err({ type: 'LogMissing', file })
  const reader = new EventReader(file)
  try {
    return await proveEvent(reader, position as Position, size)
  } finally {
    reader.close()
  }
}
