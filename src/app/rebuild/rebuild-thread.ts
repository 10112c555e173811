import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { EventReader } from '../../events/event-reader.ts'
import type { Position } from '../../events/recorded-event.ts'
import { createShadow } from '../../events/shadow.ts'
import { swapProjections } from '../../events/swap-projections.ts'
import { projections } from '../../projections/read-models.ts'

/** What the thread is started with. */
export interface RebuildThreadData {
  /** The log. */
  readonly file: string
  /** Where to build, which is not there yet. */
  readonly rebuiltFile: string
}

/** What the thread tells. After NEAR it waits for any message, which says that appends are held back. */
export type RebuildMessage =
  | { readonly type: 'PROGRESS'; readonly position: Position; readonly headPosition: Position }
  | { readonly type: 'NEAR' }
  | { readonly type: 'SWAPPED'; readonly position: Position }

/** How often it tells how far it is, in milliseconds. */
const TELL_EVERY_MS = 100
/** So few events are fed while appends wait. Who appends faster than it feeds would keep it from the end. */
const NEAR_EVENTS = 200
const MOST_ROUNDS = 10

function tell(message: RebuildMessage): void {
  parentPort?.postMessage(message)
}

async function rebuild({ file, rebuiltFile }: RebuildThreadData): Promise<void> {
  const [reader, db] = [new EventReader(file), new Database(rebuiltFile)]
  const shadow = createShadow(db, projections)
  let toldAt = 0
  const onProgress = (position: Position): void => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return
    toldAt = performance.now()
    tell({ type: 'PROGRESS', position, headPosition: reader.head() })
  }
  for (let rounds = 0; rounds < MOST_ROUNDS && reader.head() - shadow.position > NEAR_EVENTS; rounds++) {
    await shadow.feed(reader, reader.head(), onProgress)
  }
  if (parentPort !== null) {
    const held = once(parentPort, 'message')
    tell({ type: 'NEAR' })
    await held
  }
  await shadow.feed(reader, reader.head(), onProgress)
  const { position } = shadow
  // Closed first: what is read of a file that is attached has to be in it, and no reader is to keep the WAL.
  db.close()
  reader.close()
  swapProjections(file, rebuiltFile, projections, position)
  tell({ type: 'SWAPPED', position })
}

// The data is what `rebuild-in-thread.ts` starts the thread with.
await rebuild(workerData as RebuildThreadData)
parentPort?.close()
