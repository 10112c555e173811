/**
 * A map from ids in hex that is changed by making another one, which shares almost all with the one before: so a history of
 * thousands of changes is replayed without copying each entry thousands of times. Plain data, like all state.
 */
export interface SharedMap<Key extends string, Value> {
  readonly size: number
  /** By the last digits of the key. */
  readonly buckets: readonly (ReadonlyMap<Key, Value> | undefined)[]
}

/** Without an entry. */
export const NO_ENTRIES: SharedMap<never, never> = { size: 0, buckets: [] }

/** The value of a key; undefined where there is none. */
export function valueIn<Key extends string, Value>({ buckets }: SharedMap<Key, Value>, key: Key): Value | undefined {
  return buckets[bucketOf(key)]?.get(key)
}

/** The map, and an entry in the place of the one that the key had. */
export function withEntry<Key extends string, Value>(
  { size, buckets }: SharedMap<Key, Value>,
  key: Key,
  value: Value,
): SharedMap<Key, Value> {
  const index = bucketOf(key)
  const before = buckets[index]
  const changed = buckets.slice()
  changed[index] = new Map(before).set(key, value)
  return { size: before?.has(key) === true ? size : size + 1, buckets: changed }
}

/** All keys, in no order that counts. */
export function* keysIn<Key extends string>({ buckets }: SharedMap<Key, unknown>): Generator<Key, void, undefined> {
  for (const bucket of buckets) if (bucket !== undefined) yield* bucket.keys()
}

/** All values, in no order that counts. */
export function* valuesIn<Value>({ buckets }: SharedMap<string, Value>): Generator<Value, void, undefined> {
  for (const bucket of buckets) if (bucket !== undefined) yield* bucket.values()
}

/** One of 256, few enough to copy for each change. Ids are hashes, so their last digits spread. */
function bucketOf(key: string): number {
  return Number.parseInt(key.slice(-2), 16) || 0
}
