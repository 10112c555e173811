/** Lets one piece of work at a time have a thing, in the order in which they come. */
export interface Locks<Key> {
  /** Does the work once those before it have ended, however they did. */
  hold<Value>(key: Key, work: () => Promise<Value>): Promise<Value>
  /** Whether somebody does. */
  isHeld(key: Key): boolean
}

/** Creates locks that nobody holds. */
export function createLocks<Key>(): Locks<Key> {
  const last = new Map<Key, Promise<unknown>>()
  return {
    async hold(key, work) {
      const before = last.get(key) ?? Promise.resolve()
      const mine = before.then(work)
      const release = (): void => {
        if (last.get(key) === over) last.delete(key)
      }
      // What fails is its caller's to hear of.
      const over: Promise<void> = mine.then(release, release)
      last.set(key, over)
      return mine
    },
    isHeld: (key) => last.has(key),
  }
}
