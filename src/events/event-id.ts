import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'
import type { EventId } from './recorded-event.ts'

const ID_BYTES = 16
const POOLED_IDS = 256

/**
 * Makes ids of events: UUIDv7, which rise with time, so that their index grows at its end.
 *
 * Randomness is drawn for many ids at once: one draw for each costs more than the rest of the append's hashing.
 *
 * @see RFC 9562, section 5.7
 */
export function createEventIdSource(): () => EventId {
  const pool = new Uint8Array(ID_BYTES * POOLED_IDS)
  let offset = pool.length
  let lastMs = 0
  let sequence = 0
  return () => {
    if (offset === pool.length) {
      randomFillSync(pool)
      offset = 0
    }
    const random = pool.subarray(offset, (offset += ID_BYTES))
    const now = Date.now()
    if (now > lastMs) {
      lastMs = now
      sequence = 0
    }
    // Counting within the millisecond keeps the order; 72 random bits are left to keep logs apart.
    return v7({ random, msecs: lastMs, seq: sequence++ }) as EventId
  }
}
