import { setImmediate } from 'node:timers/promises'

/** For how long the past may be worked on before timers, sockets and requests have their turn. */
const TURN_MS = 5

/** Lets a long piece of work hold the event loop for short turns alone. @returns Waits where a turn is over. */
export function createTurn(): () => Promise<void> | null {
  let began = performance.now()
  return () => (performance.now() - began < TURN_MS ? null : hearOthers())

  async function hearOthers(): Promise<void> {
    await setImmediate()
    began = performance.now()
  }
}
