import type { Grant } from '../domain/access.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Actor } from '../events/recorded-event.ts'
import type { Caller } from '../graphql/caller.ts'

/** The time of day, and how to be called at one: also where the clock was set back, so that it is looked at again. */
export interface AccessClock {
  readonly now: () => UnixMillis
  /** @returns Cancels the call. */
  readonly wakeAt: (at: UnixMillis, wake: () => void) => () => void
}

/** What was shown to be true of a caller. */
export interface Admitted {
  readonly actor: Actor
  readonly grant: Grant
  /** Null where it may speak until it is told otherwise. */
  readonly expiresAt: UnixMillis | null
}

export interface LiveCallersOptions {
  readonly clock: AccessClock
  /** How many there can be in all; where one more comes, the one that showed its token the longest ago is ended. */
  readonly limit?: number
  /** The same for each actor: who has tokens made without end is in nobody's way but its own. */
  readonly limitOfActor?: number
}

const LIMIT = 10_000
const LIMIT_OF_ACTOR = 32

interface Live {
  readonly caller: Caller
  readonly expiresAt: UnixMillis | null
  readonly ending: AbortController
  readonly cancel: () => void
}

/** Those who showed a token that is still good: one caller for each token, however often it is shown. */
export class LiveCallers {
  readonly #clock: AccessClock
  readonly #limit: number
  readonly #limitOfActor: number
  /** In the order in which their tokens were shown last, and so are the keys of each actor. */
  readonly #live = new Map<string, Live>()
  readonly #keys = new Map<Actor, Set<string>>()

  /** Without anybody. */
  constructor({ clock, limit = LIMIT, limitOfActor = LIMIT_OF_ACTOR }: LiveCallersOptions) {
    this.#clock = clock
    this.#limit = limit
    this.#limitOfActor = limitOfActor
  }

  /** @param key Stands for the token, and is no secret. */
  find(key: string): Caller | null {
    const found = this.#live.get(key)
    if (found === undefined) return null
    // A machine that slept is called late.
    if (found.expiresAt !== null && this.#clock.now() >= found.expiresAt) {
      this.end(key)
      return null
    }
    this.#forget(key)
    this.#put(key, found)
    return found.caller
  }

  admit(key: string, { actor, grant, expiresAt }: Admitted): Caller {
    this.end(key)
    this.#makeRoomFor(actor)
    const ending = new AbortController()
    const caller = { actor, grant, ended: ending.signal }
    const cancel = expiresAt === null ? NOTHING : callAt(expiresAt, this.#clock, () => this.end(key))
    this.#put(key, { caller, expiresAt, ending, cancel })
    return caller
  }

  /** Ends a caller, if there is one. */
  end(key: string): void {
    const ended = this.#forget(key)
    ended?.cancel()
    ended?.ending.abort()
  }

  /** Ends nobody, and calls nobody any more. */
  stop(): void {
    for (const { cancel } of this.#live.values()) cancel()
  }

  #makeRoomFor(actor: Actor): void {
    const own = this.#keys.get(actor)
    const [oldestOfActor] = own ?? []
    if (own !== undefined && oldestOfActor !== undefined && own.size >= this.#limitOfActor) this.end(oldestOfActor)
    const [oldest] = this.#live.keys()
    if (oldest !== undefined && this.#live.size >= this.#limit) this.end(oldest)
  }

  #put(key: string, entry: Live): void {
    this.#live.set(key, entry)
    const own = this.#keys.get(entry.caller.actor) ?? new Set()
    this.#keys.set(entry.caller.actor, own.add(key))
  }

  #forget(key: string): Live | undefined {
    const found = this.#live.get(key)
    if (found === undefined) return undefined
    this.#live.delete(key)
    const own = this.#keys.get(found.caller.actor)
    own?.delete(key)
    if (own?.size === 0) this.#keys.delete(found.caller.actor)
    return found
  }
}

const NOTHING = (): void => undefined

/** Not before, however often the clock is set back meanwhile. @returns Cancels it. */
function callAt(at: UnixMillis, clock: AccessClock, run: () => void): () => void {
  let cancel = clock.wakeAt(at, look)
  function look(): void {
    if (clock.now() >= at) run()
    else cancel = clock.wakeAt(at, look)
  }
  return () => cancel()
}
