import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Followed } from './followed.ts'

/** Many clients that follow all signals of one node, in processes of their own. */
export interface Subscribers {
  /** How many signals they have received, all together. */
  readonly received: () => Promise<number>
  /** Waits until all have received the signal of this position. */
  readonly finish: (lastPosition: number) => Promise<readonly Followed[]>
  readonly kill: () => void
}

interface Report {
  readonly received?: number
  readonly followed?: readonly Followed[]
}

const PROCESSES = 2

/** @param url The base URL of the node, which stays the same when it comes back. */
export function startSubscribers(url: string, count: number): Subscribers {
  const address = `${url.replace(/^http/, 'ws')}/graphql`
  const children = Array.from({ length: PROCESSES }, (_, index) => {
    const share = Math.floor((count + index) / PROCESSES)
    return fork(join(import.meta.dirname, 'subscriber-process.ts'), [address, String(share)])
  })
  return {
    received: async () => {
      const reports = await Promise.all(children.map(async (child) => ask(child, {})))
      return reports.reduce((sum, { received = 0 }) => sum + received, 0)
    },
    finish: async (lastPosition) =>
      (await Promise.all(children.map(async (child) => ask(child, { lastPosition })))).flatMap(
        ({ followed = [] }) => followed,
      ),
    kill: () => children.forEach((child) => child.kill('SIGKILL')),
  }
}

async function ask(child: ChildProcess, question: { readonly lastPosition?: number }): Promise<Report> {
  const answer = Promise.race([
    once(child, 'message') as Promise<[Report]>,
    once(child, 'exit').then(([code]) => {
      throw new Error(`A process of subscribers ended with ${String(code)}`)
    }),
  ])
  child.send(question)
  const [report] = await answer
  return report
}
