// A process that packs or sweeps, and is killed before one of its steps, or after the last: what a test starts.
import { changingSteps } from './changing-steps.ts'
import { doWork, type DeadlyWork } from './deadly-work.ts'

const [work = '', diesAt = ''] = process.argv.slice(2)
await doWork(
  JSON.parse(work) as DeadlyWork,
  changingSteps((index) => {
    if (index === Number(diesAt)) die()
  }),
)
die()

/** Nothing runs after the signal: the system ends the process before it returns. */
function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('Cannot go on after SIGKILL')
}
