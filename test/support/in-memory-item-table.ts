import type { PutItemFailureCode, SignedInfoHashItem } from '../../src/domain/info-hash-item.ts'
import { err, ok } from '../../src/domain/result.ts'
import type { ItemTable } from '../../src/reactors/item-table.ts'

/** A distributed hash table that is always there, or never. */
export interface InMemoryItemTable extends ItemTable {
  /** What it holds, by public key. */
  readonly items: Map<string, SignedInfoHashItem>
  /** What was asked of it so far, as `PUT <seq>` and `GET`. */
  readonly asked: readonly string[]
  /** Has it refuse everything; null: nothing any more. */
  fail(code: Exclude<PutItemFailureCode, 'SEQ_TOO_LOW'> | null): void
}

export function createInMemoryItemTable(): InMemoryItemTable {
  const items = new Map<string, SignedInfoHashItem>()
  const asked: string[] = []
  let failure: Exclude<PutItemFailureCode, 'SEQ_TOO_LOW'> | null = null
  return {
    items,
    asked,
    fail: (code) => void (failure = code),
    async putItem({ publicKey, ...item }) {
      asked.push(`PUT ${item.seq}`)
      if (failure !== null) return err({ code: failure })
      if ((items.get(publicKey)?.seq ?? -1) > item.seq) return err({ code: 'SEQ_TOO_LOW' })
      items.set(publicKey, item)
      return ok({ nodes: 1 })
    },
    async getItem(publicKey) {
      asked.push('GET')
      return failure === null ? ok(items.get(publicKey) ?? null) : err({ code: failure })
    },
  }
}
