import { setTimeout } from 'node:timers/promises'

const EVERY_MS = 10
const STATUS = '{ status { headPosition } }'

/** How long queries took, in milliseconds. */
export interface Latencies {
  readonly queries: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Sends a query every 10 ms, whether or not the one before is answered, until `work` has ended. */
export async function latenciesDuring(url: string, work: () => Promise<unknown>, query = STATUS): Promise<Latencies> {
  const tookMs: number[] = []
  const underWay: Promise<void>[] = []
  const failures: unknown[] = []
  const ended = new AbortController()
  const working = work().finally(() => ended.abort())
  while (!ended.signal.aborted) {
    // A failure is thrown at the end: thrown here it would end this process, and leave the node behind.
    underWay.push(measure().catch((error: unknown) => void failures.push(error)))
    await setTimeout(EVERY_MS)
  }
  await working
  await Promise.all(underWay)
  if (failures.length > 0) throw new AggregateError(failures, `Cannot measure: ${failures.length} queries failed`)
  tookMs.sort((one, other) => one - other)
  const at = (share: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? NaN
  return { queries: tookMs.length, p50: at(0.5), p99: at(0.99), max: at(1) }

  async function measure(): Promise<void> {
    tookMs.push(await ask(url, query))
  }
}

async function ask(url: string, query: string): Promise<number> {
  const askedAt = performance.now()
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { errors } = (await response.json()) as { errors?: unknown }
  if (errors !== undefined) throw new Error(`Cannot measure: the API answered ${JSON.stringify(errors)}`)
  return performance.now() - askedAt
}
