import { onTestFinished } from 'vitest'
import { spawnNodeProcess, type ProcessEnd, type SpawnedNode } from './node-process.ts'

/** One process of a node, and where it answered. */
export interface NodeLife {
  readonly url: string
  readonly pid: number
}

/** A node on one data directory that dies and comes back, each time as a new process at a new URL. */
export interface MortalNode {
  readonly dataDir: string
  /** Starts the next process, and does not wait until it answers. */
  spawn(): void
  /** The life that answers now, or the first one that will. Rejects when a process ends by itself. */
  life(): Promise<NodeLife>
  /** The first life that answers and is another than this one. */
  lifeAfter(life: NodeLife): Promise<NodeLife>
  /** Ends the process by a signal, SIGKILL by default. */
  end(signal?: NodeJS.Signals): Promise<ProcessEnd>
}

/** Creates a node without a process yet. Whatever process it has at the end of the test is killed. */
export function createMortalNode(dataDir: string, settings: Readonly<Record<string, string>> = {}): MortalNode {
  let current: SpawnedNode | null = null
  let living: NodeLife | null = null
  let waiting = Promise.withResolvers<NodeLife>()

  async function follow(node: SpawnedNode): Promise<void> {
    const url = await node.url
    if (url !== null && node === current) {
      living = { url, pid: node.pid }
      waiting.resolve(living)
      waiting = Promise.withResolvers()
    }
    const { code, signal, errors } = await node.ended
    // Nobody waits for it where it was meant to end.
    waiting.promise.catch(() => undefined)
    if (node === current) waiting.reject(new Error(`The node ended by itself, with ${signal ?? code}: ${errors}`))
  }

  async function end(signal: NodeJS.Signals = 'SIGKILL'): Promise<ProcessEnd> {
    if (current === null) throw new Error('Cannot end a node that does not run')
    const ending = current
    ;[current, living] = [null, null]
    return ending.stop(signal)
  }

  onTestFinished(async () => {
    if (current !== null) await end()
  })
  return {
    dataDir,
    spawn() {
      if (current !== null) throw new Error(`Cannot start a second process on ${dataDir}`)
      current = spawnNodeProcess(dataDir, settings)
      void follow(current)
    },
    life: async () => living ?? waiting.promise,
    lifeAfter: async (life) => (living === null || living === life ? waiting.promise : living),
    end,
  }
}
