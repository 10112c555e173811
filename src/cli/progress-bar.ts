import progress, { type Options } from 'cli-progress'

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
  const bar = process.stderr.isTTY
    ? new progress.SingleBar({ format: '{phase} {bar} {percentage}% {eta_formatted}', formatTime })
    : null
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

/** Nothing while the time left is not known: the library then says NULL or INF in place of seconds. */
function formatTime(seconds: number, options: Options, roundedTo: number): string {
  return Number.isFinite(seconds) ? progress.Format.TimeFormat(seconds, options, roundedTo) : ''
}
