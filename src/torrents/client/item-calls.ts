import type { SignedInfoHashItem } from '../../domain/info-hash-item.ts'
import { err, type Result } from '../../domain/result.ts'
import type { GetItemOutcome, PutItemOutcome } from '../dht/item-outcomes.ts'

/** What the torrent client's process is asked of the distributed hash table. The item is signed: no key is sent. */
export type ItemRequest =
  | { readonly type: 'PUT_ITEM'; readonly id: number; readonly publicKey: string; readonly item: SignedInfoHashItem }
  | { readonly type: 'GET_ITEM'; readonly id: number; readonly publicKey: string }

/** What it answers. */
export type ItemAnswer =
  | { readonly type: 'ITEM_PUT'; readonly id: number; readonly outcome: PutItemOutcome }
  | { readonly type: 'ITEM_GOT'; readonly id: number; readonly outcome: GetItemOutcome }

/** The items that a process was asked for, seen from the one that asked. */
export interface ItemCalls {
  /** @param timeoutMs TIMED_OUT comes after so long without an answer. */
  put(publicKey: string, item: SignedInfoHashItem, timeoutMs: number): Promise<PutItemOutcome>
  get(publicKey: string, timeoutMs: number): Promise<GetItemOutcome>
  settle(answer: ItemAnswer): void
  /** The process has ended: INTERNAL. */
  endAll(): void
}

/** Creates them, with none under way. */
export function createItemCalls(send: (request: ItemRequest) => void): ItemCalls {
  const puts = createPending<PutItemOutcome>()
  const gets = createPending<GetItemOutcome>()
  return {
    put: (publicKey, item, timeoutMs) => puts.start((id) => send({ type: 'PUT_ITEM', id, publicKey, item }), timeoutMs),
    get: (publicKey, timeoutMs) => gets.start((id) => send({ type: 'GET_ITEM', id, publicKey }), timeoutMs),
    settle(answer) {
      if (answer.type === 'ITEM_PUT') puts.settle(answer.id, answer.outcome)
      else gets.settle(answer.id, answer.outcome)
    },
    endAll() {
      puts.endAll()
      gets.endAll()
    },
  }
}

type Unanswered = Result<never, { readonly code: 'TIMED_OUT' | 'INTERNAL' }>

interface Pending<Outcome> {
  start(send: (id: number) => void, timeoutMs: number): Promise<Outcome | Unanswered>
  settle(id: number, outcome: Outcome | Unanswered): void
  endAll(): void
}

function createPending<Outcome>(): Pending<Outcome> {
  const calls = new Map<number, (outcome: Outcome | Unanswered) => void>()
  let last = 0

  function settle(id: number, outcome: Outcome | Unanswered): void {
    calls.get(id)?.(outcome)
    calls.delete(id)
  }

  return {
    settle,
    start(send, timeoutMs) {
      const id = (last += 1)
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(id, err({ code: 'TIMED_OUT' })), timeoutMs)
        calls.set(id, (outcome) => {
          clearTimeout(timer)
          resolve(outcome)
        })
        send(id)
      })
    },
    endAll: () => calls.forEach((_, id) => settle(id, err({ code: 'INTERNAL' }))),
  }
}
