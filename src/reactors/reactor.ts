import type { UnixMillis } from '../domain/time.ts'
import type { WallClock } from './wall-clock.ts'

/** A loop that brings the world in line with what is recorded. */
export interface Reactor {
  readonly name: string
  /** Has it look again, now or as soon as the look under way has ended. */
  wake(): void
  /** Resolves when no look is under way and none is due. */
  settled(): Promise<void>
  /** Which looks it has taken. */
  looks(): Looks
  /** Looks no more; resolves when the look under way has ended. */
  stop(): Promise<void>
}

/** The looks of a reactor, counted from its creation. */
export interface Looks {
  /** How many have begun. */
  readonly begun: number
  /** The newest that ended well: 0 for none. What was known when it began is taken into account. */
  readonly done: number
}

export interface ReactorPorts {
  readonly name: string
  /**
   * Compares what is wanted with what is, and acts on the difference.
   *
   * @returns When to look again at the latest, even if nothing happens; null for no such time.
   */
  readonly react: () => Promise<UnixMillis | null>
  readonly wallClock: WallClock
  /** Is told of a look that failed as a whole, which is then repeated after `FAULT_PAUSE_MS`. */
  readonly onFault: (fault: unknown) => void
}

const FAULT_PAUSE_MS = 1_000

/**
 * Creates a reactor whose looks never overlap: wake-ups during a look lead to one more.
 *
 * It does not remember what woke it. So a restart, a replayed event and a lost wake-up all end in
 * the same place.
 */
export function createReactor({ name, react, wallClock, onFault }: ReactorPorts): Reactor {
  const { counted, looks } = countLooks(react)
  let [isStopped, isDue] = [false, false]
  let running: Promise<void> | null = null
  let forget = (): void => undefined

  async function look(): Promise<void> {
    while (isDue && !isStopped) {
      isDue = false
      forget()
      try {
        wakeAt(await counted())
      } catch (fault) {
        onFault(fault)
        wakeAt((wallClock.now() + FAULT_PAUSE_MS) as UnixMillis)
      }
    }
    running = null
  }

  function wakeAt(at: UnixMillis | null): void {
    if (at !== null && !isStopped) forget = wallClock.wakeAt(at, wake)
  }

  function wake(): void {
    if (isStopped) return
    isDue = true
    running ??= look()
  }

  return {
    name,
    wake,
    looks,
    async settled() {
      while (running !== null) await running
    },
    async stop() {
      isStopped = true
      forget()
      await running
    },
  }
}

function countLooks(react: ReactorPorts['react']): {
  readonly counted: ReactorPorts['react']
  readonly looks: () => Looks
} {
  let [begun, done] = [0, 0]
  return {
    counted: async () => {
      begun += 1
      const next = await react()
      done = begun
      return next
    },
    looks: () => ({ begun, done }),
  }
}
