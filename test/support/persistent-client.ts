import { randomUUID } from 'node:crypto'
import type { MortalNode, NodeLife } from './mortal-node.ts'

/** What a mutation answered: `code` where it was refused, else what it asked for of these. */
export interface Answer {
  readonly __typename: string
  readonly code?: string
  readonly position?: string | null
  readonly community?: { readonly communityId: string }
  readonly runId?: string
  readonly rejected?: readonly unknown[]
}

/** A wish that was answered, however often it had to be sent. */
export interface AnsweredWish {
  readonly mutation: string
  readonly correlationId: string
  /** How often it was sent: more than once where a crash came, or its patience ended, before the answer. */
  readonly sent: number
  readonly answer: Answer
}

/** A client that sends a wish until it is answered, under one idempotency key, to a node that dies now and then. */
export interface PersistentClient {
  /** All that was answered so far, in the order of the answers. */
  readonly answered: readonly AnsweredWish[]
  /**
   * @param mutation The name of the mutation.
   * @param document Takes the variable `$key`, among others.
   * @throws When the node answers with an error.
   */
  wish(mutation: string, document: string, variables: Readonly<Record<string, unknown>>): Promise<Answer>
  /** Asks until there is an answer. */
  ask<Data>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>
  /** Holds back wishes that were not sent yet; resolves when none is under way. */
  pause(): Promise<void>
  resume(): void
}

/**
 * Creates a client of whichever process of the node lives.
 *
 * @param patienceMs How long it waits for the answer to a wish that it sends for the first time, before it hangs up and
 *   sends it again; null for as long as it takes.
 */
export function createPersistentClient(
  node: Pick<MortalNode, 'life' | 'lifeAfter'>,
  patienceMs: () => number | null,
): PersistentClient {
  const answered: AnsweredWish[] = []
  const gate = createGate()

  async function send(
    correlationId: string,
    body: string,
    firstPatienceMs: number | null,
  ): Promise<{ data: unknown; sent: number }> {
    let life = await node.life()
    for (let sent = 1; ; sent += 1) {
      const hangUp = sent === 1 && firstPatienceMs !== null ? AbortSignal.timeout(firstPatienceMs) : null
      const answer = await post(life, correlationId, body, hangUp)
      if (answer === null) life = hangUp?.aborted === true ? await node.life() : await node.lifeAfter(life)
      else if (answer.errors === undefined) return { data: answer.data, sent }
      else throw new Error(`The node answered ${body.slice(0, 200)} with ${JSON.stringify(answer.errors)}`)
    }
  }

  return {
    answered,
    async wish(mutation, document, variables) {
      await gate.enter()
      try {
        const correlationId = randomUUID()
        const body = JSON.stringify({ query: document, variables: { ...variables, key: correlationId } })
        const { data, sent } = await send(correlationId, body, patienceMs())
        const answer = (data as Readonly<Record<string, Answer>>)[mutation]
        if (answer === undefined) throw new Error(`${mutation} has no answer in ${JSON.stringify(data)}`)
        answered.push({ mutation, correlationId, sent, answer })
        return answer
      } finally {
        gate.leave()
      }
    },
    ask: async <Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> =>
      (await send(randomUUID(), JSON.stringify({ query, variables }), null)).data as Data,
    pause: gate.close,
    resume: gate.open,
  }
}

interface RawAnswer {
  readonly data?: unknown
  readonly errors?: readonly unknown[]
}

/** @returns Null when the process died, or the client hung up, before the answer was whole. */
async function post(
  { url }: NodeLife,
  correlationId: string,
  body: string,
  hangUp: AbortSignal | null,
): Promise<RawAnswer | null> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-correlation-id': correlationId }
  const text = await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal: hangUp })
    .then(async (response) => response.text())
    .catch(() => null) // `fetch` throws for nothing but the connection.
  return text === null ? null : (JSON.parse(text) as RawAnswer)
}

interface Gate {
  enter(): Promise<void>
  leave(): void
  close(): Promise<void>
  open(): void
}

function createGate(): Gate {
  let inside = 0
  let opened: PromiseWithResolvers<void> | null = null
  let emptied: (() => void) | null = null
  return {
    async enter() {
      while (opened !== null) await opened.promise
      inside += 1
    },
    leave() {
      inside -= 1
      if (inside === 0) emptied?.()
    },
    async close() {
      opened ??= Promise.withResolvers<void>()
      await new Promise<void>((resolve) => {
        emptied = resolve
        if (inside === 0) resolve()
      })
    },
    open() {
      opened?.resolve()
      opened = null
    },
  }
}
