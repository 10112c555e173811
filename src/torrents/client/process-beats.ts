import type { ChildProcess } from 'node:child_process'

/** Told of each sign of life of a process, and of its end. */
export interface ProcessBeats {
  beat(): void
  end(): void
}

const START_MS = 30_000
const BEAT_MS = 1_000
/** A process that is silent for so many beats is stuck. Beats and not time: a laptop may have slept. */
const MISSED_BEATS = 10

/** Ends a process that does not start, or is stuck: peers may find a way to keep it busy for ever. */
export function watchBeats(child: ChildProcess): ProcessBeats {
  let silentMs = 0
  let toleratedMs = START_MS
  const timer = setInterval(() => {
    silentMs += BEAT_MS
    if (silentMs > toleratedMs) child.kill('SIGKILL')
  }, BEAT_MS)
  return {
    beat() {
      silentMs = 0
      toleratedMs = MISSED_BEATS * BEAT_MS
    },
    end: () => clearInterval(timer),
  }
}
