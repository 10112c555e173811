import { setImmediate } from 'node:timers/promises'
import type { Connection } from './database.ts'
import { PageSize } from './page-size.ts'
import type { Position } from './recorded-event.ts'

/** How many receipts are named. The others are counted. */
const NAMED_RECEIPTS = 10

type ReceiptRow = readonly [actor: string, key: string, position: number | null, eventActor: string | null]

/** A receipt that names an event which is not the one that it was given for. */
export interface ReceiptFault {
  readonly actor: string
  readonly key: string
  readonly position: Position
  /** NO_EVENT: nothing stands there; OTHER_ACTOR: somebody else's event does. */
  readonly code: 'NO_EVENT' | 'OTHER_ACTOR'
}

export interface CheckedReceipts {
  readonly receipts: number
  /** The first of the faults, in the order of actors and keys. */
  readonly faults: readonly ReceiptFault[]
  /** How many there are. */
  readonly count: number
}

/** Checks that each receipt which names an event names one that is there, of the same actor. Some milliseconds at a time. */
export async function checkReceipts(db: Connection): Promise<CheckedReceipts> {
  const page = db
    .prepare<[string, string, number], ReceiptRow>(
      `select r.actor, r.key, r.position, e.actor from receipt r left join event e on e.position = r.position
       where (r.actor, r.key) > (?, ?) order by r.actor, r.key limit ?`,
    )
    .raw()
  const size = new PageSize()
  const faults: ReceiptFault[] = []
  let [receipts, count] = [0, 0]
  let after: readonly [actor: string, key: string] = ['', '']
  for (;;) {
    const startedAt = performance.now()
    const rows = page.all(...after, size.rows)
    const last = rows.at(-1)
    if (last === undefined) return { receipts, faults, count }
    const found = rows.map(faultOf).filter((fault) => fault !== null)
    faults.push(...found.slice(0, NAMED_RECEIPTS - faults.length))
    receipts += rows.length
    count += found.length
    after = [last[0], last[1]]
    size.learn(performance.now() - startedAt)
    await setImmediate()
  }
}

function faultOf([actor, key, position, eventActor]: ReceiptRow): ReceiptFault | null {
  if (position === null || eventActor === actor) return null
  return { actor, key, position: position as Position, code: eventActor === null ? 'NO_EVENT' : 'OTHER_ACTOR' }
}
