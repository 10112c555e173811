import { SingleBar } from 'cli-progress'

/** How far a command is. */
export interface Progress {
  readonly phase: string
  readonly done: number
  readonly total: number
}

/** Shows how far a command is. */
export interface ProgressBar {
  show(progress: Progress): void
  end(): void
}

/** A bar on a terminal, on standard error, and nothing elsewhere. */
export function createProgressBar(): ProgressBar {
  const bar = process.stderr.isTTY ? new SingleBar({ format: '{phase} {bar} {percentage}% {eta_formatted}' }) : null
  return {
    show({ phase, done, total }) {
      if (bar === null) return
      if (!bar.isActive) bar.start(total, done, { phase })
      bar.setTotal(total)
      bar.update(done, { phase })
    },
    end: () => bar?.stop(),
  }
}
