import { setImmediate } from 'node:timers/promises'
import type { Connection } from './database.ts'
import type { EventReader } from './event-reader.ts'
import { PageSize } from './page-size.ts'
import { createProjectionRunner, createProjectionTables } from './projection-runner.ts'
import type { Projection } from './projection.ts'
import { BEFORE_ALL, type Position } from './recorded-event.ts'
import type { TellProgress } from './verify-chain.ts'

/** Read models that are built beside those that the log keeps, from the same events. */
export interface Shadow {
  readonly db: Connection
  /** All events up to here are in it. */
  readonly position: Position
  /**
   * Feeds it the events up to a position, some milliseconds at a time.
   *
   * @throws When a handler fails, naming projection and event; `UnknownEvent`; what `onProgress` throws. The shadow is
   *   then of no more use.
   */
  feed(reader: Pick<EventReader, 'readNext'>, upTo: Position, onProgress?: TellProgress): Promise<void>
}

/**
 * Creates the tables of projections, empty, in a database of their own.
 *
 * @param db An empty database that nobody else has open. It is not made durable: it can be built again.
 */
export function createShadow(db: Connection, projections: readonly Projection[]): Shadow {
  db.pragma('journal_mode = memory')
  db.pragma('synchronous = off')
  db.pragma('cache_size = -65536') // 64 MiB.
  createProjectionTables(db, projections)
  const apply = createProjectionRunner(db, projections)
  const applyPage = db.transaction((page: ReturnType<EventReader['readNext']>) => page.forEach(apply))
  const size = new PageSize()
  let position = BEFORE_ALL
  return {
    db,
    get position() {
      return position
    },
    async feed(reader, upTo, onProgress) {
      while (position < upTo) {
        const startedAt = performance.now()
        const page = reader.readNext(position, Math.min(size.rows, upTo - position))
        const last = page.at(-1)
        if (last === undefined)
          throw new Error(`Cannot read on after position ${position}: the log ends before ${upTo}`)
        applyPage(page)
        position = last.position
        size.learn(performance.now() - startedAt)
        onProgress?.(position, upTo)
        await setImmediate()
      }
    },
  }
}
