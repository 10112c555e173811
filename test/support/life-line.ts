/** What a process in a simulation can be killed at. */
export type MortalStep = 'COMMAND' | 'FILE_STEP'

/** Has a process be killed when it has taken so many more steps of a kind: 0 for the next one. */
export interface Death {
  readonly step: MortalStep
  stepsLeft: number
}

/**
 * What the life of a process in a simulation hangs by.
 *
 * Nothing that passes through it goes on once it is cut: promises never settle, and files are not touched any more.
 */
export interface LifeLine {
  readonly isCut: () => boolean
  /** Resolves when it is cut. */
  readonly ended: Promise<'DEAD'>
  cut(): void
  /** Takes work as one command: death may come before it, so that it is not done, or after, so that nobody hears. */
  command<Value>(work: () => Promise<Value>): Promise<Value>
  /** Throws where no file may be touched any more. */
  fileStep(): void
}

/** @param death Is asked at each step. Null: nothing is going to kill the process by itself. */
export function createLifeLine(death: () => Death | null): LifeLine {
  const { promise: ended, resolve } = Promise.withResolvers<'DEAD'>()
  const never = new Promise<never>(() => undefined)
  let isCut = false

  function cut(): void {
    isCut = true
    resolve('DEAD')
  }
  function count(step: MortalStep): void {
    const next = death()
    if (isCut || next?.step !== step) return
    if (next.stepsLeft === 0) cut()
    else next.stepsLeft -= 1
  }

  return {
    isCut: () => isCut,
    ended,
    cut,
    async command(work) {
      count('COMMAND')
      if (isCut) return never
      const value = await work()
      count('COMMAND')
      return isCut ? never : value
    },
    fileStep() {
      count('FILE_STEP')
      if (isCut) throw new Error('The process is dead')
    },
  }
}
