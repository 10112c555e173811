import type { Append, Receipt } from './event-log.ts'
import type { Connection } from './database.ts'
import type { Actor, Position } from './recorded-event.ts'

/** How long a receipt is kept at least, in milliseconds: 30 days. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000

/** How often expired receipts are looked for, in milliseconds, and how many are looked at at once. */
const PRUNE_EVERY_MS = 60_000
const PRUNE_BATCH = 1000

type ReceiptRow = readonly [
  actor: string,
  key: string,
  commandType: string,
  inputHash: string,
  result: string,
  position: number | null,
]

/** Finds one receipt. Over any connection. */
export function createReceiptFinder(db: Connection): (actor: Actor, key: string) => Receipt | null {
  const select = db
    .prepare<[string, string], ReceiptRow>(
      'select actor, key, command_type, input_hash, result, position from receipt where actor = ? and key = ?',
    )
    .raw()
  return (actor, key) => {
    const row = select.get(actor, key)
    if (row === undefined) return null
    const [, , commandType, inputHash, result, position] = row
    return {
      actor,
      key,
      commandType,
      inputHash,
      result: JSON.parse(result) as unknown,
      position: position as Position | null,
    }
  }
}

/** Keeps receipts, inside the append's transaction. */
export interface ReceiptBook {
  readonly find: (actor: Actor, key: string) => Receipt | null
  /** Keeps the receipt of an append; false, and nothing is kept, when its key was used before. */
  keep(append: Append, position: Position | null, now: number): boolean
  /** Now and then drops some of what is older than 30 days. */
  prune(now: number): void
}

/** @param db The writing connection. */
export function createReceiptBook(db: Connection): ReceiptBook {
  const insert = db.prepare<[string, string, string, string, string, number | null, number]>(
    `insert into receipt (actor, key, command_type, input_hash, result, position, recorded_at)
     values (?, ?, ?, ?, ?, ?, ?) on conflict (actor, key) do nothing`,
  )
  const nextKeys = db
    .prepare<[string, string, number], [actor: string, key: string, recordedAt: number]>(
      'select actor, key, recorded_at from receipt where (actor, key) > (?, ?) order by actor, key limit ?',
    )
    .raw()
  const deleteOne = db.prepare<[string, string]>('delete from receipt where actor = ? and key = ?')
  // Walked round and round, as an index on time would cost every receipt another page.
  let after: readonly [actor: string, key: string] = ['', '']
  let pruneAt = 0
  return {
    find: createReceiptFinder(db),
    keep({ receipt, meta }, position, now) {
      if (receipt === null) return true
      const { key, commandType, inputHash, result } = receipt
      const resultText = JSON.stringify(result ?? null)
      return insert.run(meta.actor, key, commandType, inputHash, resultText, position, now).changes === 1
    },
    prune(now) {
      if (now < pruneAt) return
      pruneAt = now + PRUNE_EVERY_MS
      const rows = nextKeys.all(...after, PRUNE_BATCH)
      for (const [actor, key, recordedAt] of rows) if (recordedAt < now - KEPT_MS) deleteOne.run(actor, key)
      const last = rows.length === PRUNE_BATCH ? rows.at(-1) : undefined
      after = last === undefined ? ['', ''] : [last[0], last[1]]
    },
  }
}
