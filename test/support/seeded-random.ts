/** Chance that can be had again: the same seed gives the same numbers. */
export interface SeededRandom {
  /** From 0 to below `limit`, whole. */
  below(limit: number): number
  pick<Item>(items: readonly [Item, ...Item[]]): Item
  bytes(length: number): Buffer
}

/** Mulberry32: 32 bits of state, plenty for a fuzz, useless for secrets. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    below: (limit) => next() % limit,
    pick: (items) => items[next() % items.length] ?? items[0],
    bytes: (length) => Buffer.from(Array.from({ length }, () => next() & 0xff)),
  }
}
