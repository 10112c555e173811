import { setTimeout as wait } from 'node:timers/promises'
import { isSignal } from '../src/graphql/subscriptions/signal.ts'
import '../src/graphql/schema.ts'
import type { EventType } from '../src/domain/events.ts'
import { sampleMemory, type MemorySample } from './measure.ts'
import type { SoakNode } from './soak-node.ts'

const SAMPLE_MS = 1000
const PROBE_MS = 100
const QUIET_MS = 5000

/** Grants turns so many times a second, one after the other, while it goes on. */
export function createPace(perSecond: number, isRunning: () => boolean): () => Promise<boolean> {
  let dueAt = performance.now()
  return async () => {
    dueAt = Math.max(dueAt, performance.now()) + 1000 / perSecond
    // All communities wait in one line, and are let go when it is over.
    while (isRunning() && performance.now() < dueAt) await wait(Math.min(500, dueAt - performance.now()))
    return isRunning()
  }
}

/** Kills a node every so often. @returns How long nobody answered each time, in milliseconds. */
export async function killNowAndThen(
  node: SoakNode,
  everyMs: number,
  isRunning: () => boolean,
): Promise<readonly number[]> {
  const downMs: number[] = []
  let dueAt = performance.now() + everyMs
  while (everyMs > 0 && isRunning()) {
    await wait(SAMPLE_MS)
    if (performance.now() < dueAt || !isRunning()) continue
    dueAt += everyMs
    downMs.push(await node.killAndStart())
    console.log(`${new Date().toISOString()} killed, and back after ${(downMs.at(-1) ?? 0).toFixed(0)} ms`)
  }
  return downMs
}

/** What was measured while it went on. */
export interface Measured {
  readonly memory: Readonly<Record<'control' | 'member', readonly MemorySample[]>>
  /** How long a small query took, in milliseconds, of those that were answered. */
  readonly probes: readonly number[]
}

/** Samples memory each second, and asks the first node something small ten times a second. */
export async function measure(control: SoakNode, member: SoakNode, isRunning: () => boolean): Promise<Measured> {
  const memory: Record<'control' | 'member', MemorySample[]> = { control: [], member: [] }
  const probes: number[] = []
  const timer = setInterval(() => {
    for (const [name, node] of [
      ['control', control],
      ['member', member],
    ] as const) {
      const sample = sampleMemory(node.pid())
      if (sample !== null) memory[name].push(sample)
    }
  }, SAMPLE_MS)
  while (isRunning()) {
    const askedAt = performance.now()
    const answered = await ask(control.url, '{ status { headPosition } }').then(
      () => true,
      () => false, // It was killed, or is not back yet.
    )
    if (answered) probes.push(performance.now() - askedAt)
    await wait(PROBE_MS)
  }
  clearInterval(timer)
  return { memory, probes }
}

/** Waits until nothing is recorded any more. @returns The position of the last signal. */
export async function settledPosition(node: SoakNode): Promise<number> {
  const query = '{ events(last: 100) { edges { node { position type } } } }'
  type Page = { events: { edges: readonly { node: { position: string; type: EventType } }[] } }
  let last = -1
  for (;;) {
    const { events } = (await ask(node.url, query)) as Page
    const signals = events.edges.filter((edge) => isSignal(edge.node.type))
    const position = Number(signals.at(-1)?.node.position ?? 0)
    if (position === last) return position
    last = position
    await wait(QUIET_MS)
  }
}

async function ask(url: string, query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown }
  if (data == null) throw new Error(`The node answered ${JSON.stringify(errors)}`)
  return data
}
