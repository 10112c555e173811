import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { COMMUNITY_MUTATIONS } from '../../test/support/community-mutations.ts'
import type { PreparedNode } from './prepare-node.ts'

const QUERY_EVERY_MS = 10
const VISIT_EVERY_MS = 100
const MUTATION_EVERY_MS = 500
const PATIENCE_MS = 15_000

const QUERY = `{
  status { version headPosition torrentClient { status } }
  communities(first: 10) { edges { node { communityId role archivedUpTo magnetlink { magnetUri } } } }
}`
const VISIT = 'query ($communityId: CommunityId!) { currentMagnetlink(communityId: $communityId) { magnetUri } }'
const SIGNALS = 'subscription { signals { cursor position } }'
/** Somebody without a token, behind a proxy. @see RFC 5737 */
const VISITOR = '192.0.2.1'

/** Those who are to be served all the while. */
export interface LegitimateClients {
  /** How long each query took that was sent since it was asked last, in milliseconds. */
  readonly takeLatencies: () => readonly number[]
  /** What was not answered as it should have been since it was asked last. */
  readonly takeFailures: () => readonly string[]
  /** Of the granted mutations, those that the subscriber was not told of. Asked a while after them. */
  readonly missed: () => number
  /** Resolves once all that was asked is answered. */
  readonly stop: () => Promise<void>
}

/**
 * Somebody with a token who asks a hundred times a second, whether or not what was asked before is answered, wishes twice
 * a second, and follows all signals; and a visitor without one who asks for a magnet link ten times a second.
 */
export async function startLegitimateClients(url: string, node: PreparedNode): Promise<LegitimateClients> {
  const { communityId, operatorToken } = node
  const [known, visitor] = [{ authorization: `Bearer ${operatorToken}` }, { 'x-forwarded-for': VISITOR }]
  const agent = new Agent({ keepAlive: true })
  const failures: string[] = []
  const granted: number[] = []
  const underWay = new Set<Promise<void>>()
  let [latencies, wishes, isWishing]: [number[], number, boolean] = [[], 0, false]
  const subscriber = await follow(url, known.authorization, failures)

  const ask = (query: string, headers: Readonly<Record<string, string>>, variables: object): Promise<unknown> =>
    post(agent, url, headers, JSON.stringify({ query, variables }))
  const doing = (work: () => Promise<unknown>): void => {
    const done = work()
      .then(() => undefined)
      .catch((fault: unknown) => void failures.push(fault instanceof Error ? fault.message : String(fault)))
      .finally(() => underWay.delete(done))
    underWay.add(done)
  }
  const timers = [
    every(QUERY_EVERY_MS, async () => {
      const askedAt = performance.now()
      const into = latencies
      await ask(QUERY, known, {})
      into.push(performance.now() - askedAt)
    }),
    every(VISIT_EVERY_MS, async () => ask(VISIT, visitor, { communityId })),
    every(MUTATION_EVERY_MS, async () => {
      // One after the other: two that overtake each other change nothing.
      if (isWishing) return
      isWishing = true
      wishes += 1
      const mutation = wishes % 2 === 1 ? 'disableArchiving' : 'enableArchiving'
      const wish = { communityId, key: randomUUID() }
      const answered = ask(COMMUNITY_MUTATIONS[mutation], known, wish).finally(() => (isWishing = false))
      const data = (await answered) as Wished
      const position = data[mutation]?.position
      if (position == null) throw new Error(`${mutation} was answered ${JSON.stringify(data)}`)
      granted.push(Number(position))
    }),
  ]
  function every(ms: number, work: () => Promise<unknown>): NodeJS.Timeout {
    return setInterval(() => doing(work), ms)
  }

  return {
    takeLatencies: () => {
      const taken = latencies
      latencies = []
      return taken
    },
    takeFailures: () => failures.splice(0),
    missed: () => granted.splice(0).filter((position) => !subscriber.received.delete(position)).length,
    stop: async () => {
      timers.forEach(clearInterval)
      await Promise.all(underWay)
      subscriber.stop()
      agent.destroy()
    },
  }
}

type Wished = Readonly<Record<string, { readonly position?: string | null } | undefined>>

/** Follows all signals over one connection. That it ends, or repeats itself, is a failure. */
async function follow(
  url: string,
  authorization: string,
  failures: string[],
): Promise<{ readonly received: Set<number>; readonly stop: () => void }> {
  const received = new Set<number>()
  const connected = Promise.withResolvers<void>()
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    connectionParams: { authorization },
    on: { connected: () => connected.resolve(), closed: () => (isStopping ? undefined : failures.push('cut off')) },
    onNonLazyError: () => connected.reject(new Error('Cannot follow the signals')),
  })
  let [last, isStopping] = [0, false]
  await connected.promise
  client.subscribe<{ readonly signals: { readonly position: string } }>(
    { query: SIGNALS },
    {
      next: ({ data, errors }) => {
        const position = Number(data?.signals.position)
        if (!(position > last)) failures.push(`position ${position} after ${last}: ${JSON.stringify(errors)}`)
        last = position
        received.add(position)
      },
      error: (fault) => failures.push(`the subscription failed: ${JSON.stringify(fault)}`),
      complete: () => (isStopping ? undefined : failures.push('the subscription ended')),
    },
  )
  const stop = (): void => {
    isStopping = true
    void client.dispose()
  }
  return { received, stop }
}

/** @returns The data. @throws Where it is answered with anything else. */
async function post(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<unknown> {
  const text = await new Promise<string>((resolve, reject) => {
    const all = { 'content-type': 'application/json', accept: 'application/json', ...headers }
    const options = { agent, method: 'POST', headers: all, timeout: PATIENCE_MS }
    const asking = request(`${url}/graphql`, options, (response) => {
      let heard = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk))
      response.once('end', () => resolve(heard)).once('error', reject)
    })
    asking.once('error', reject)
    asking.once('timeout', () => asking.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)))
    asking.end(body)
  })
  const { data, errors } = JSON.parse(text) as { readonly data?: unknown; readonly errors?: unknown }
  if (data == null || errors !== undefined) throw new Error(`answered ${text.slice(0, 200)}`)
  return data
}
