import { Histogram } from 'prom-client'
import type { Subscribers } from '../watch-operations.ts'
import { CommandTally } from './command-tally.ts'

/** What is counted while the node works, from its start on. */
export interface Tallies {
  readonly commands: CommandTally
  /** How long writing took, by group of commands. */
  readonly appendSeconds: Histogram
  readonly subscribers: Subscribers
  /** How often one that followed the log live fell behind what is in memory, and was read to from disk. */
  fellBehind: number
  /** What the web seed sent of archives. */
  webSeedBytes: number
}

/** From a quarter of a millisecond, which a commit takes on a good disk, to seconds, which it should never take. */
const APPEND_BUCKETS = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/** Creates them: nothing was counted yet. */
export function createTallies(): Tallies {
  return {
    commands: new CommandTally(),
    appendSeconds: new Histogram({
      name: 'seedbank_append_duration_seconds',
      help: 'How long it took to write a group of commands to the log, durably, with their read models.',
      buckets: APPEND_BUCKETS,
      registers: [],
    }),
    subscribers: { HTTP: 0, WEBSOCKET: 0 },
    fellBehind: 0,
    webSeedBytes: 0,
  }
}
