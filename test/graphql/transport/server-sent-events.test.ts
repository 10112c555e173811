import { expect, onTestFinished, test, vi } from 'vitest'
import type { Append } from '../../../src/events/event-log.ts'
import { communityStream } from '../../../src/events/recorded-event.ts'
import * as facts from '../../support/community-facts.ts'
import { openApi } from '../../support/open-api.ts'
import { FACTS_CORRELATION_ID } from '../../support/record-facts.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'

const PING_MS = 12_000
const SIGNALS = 'subscription { signals(after: "START") { cursor } }'

test('after a quiet time each event still goes out under its own cursor', async () => {
  const { url, stores } = await openApi()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const received = subscribeOverSse(url, SIGNALS)
  const first = received.next()
  await pingsArrive(url, 3)
  // Three events at once: each that was pulled too early would take the cursor of a later one.
  await stores.log.append([appendOf()])

  const found = [await first, await received.next()].map(({ value }) => value)

  for (const one of found) expect(one).toMatchObject({ result: { data: { signals: { cursor: one?.id } } } })
})

/** Lets time pass on the stream of another subscriber too, whose pings show that all were sent. */
async function pingsArrive(url: string, pings: number): Promise<void> {
  const abort = new AbortController()
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' }
  const body = JSON.stringify({ query: SIGNALS })
  const { body: watched } = await fetch(url, { method: 'POST', headers, body, signal: abort.signal })
  let heard = 0
  for await (const chunk of watched?.pipeThrough(new TextDecoderStream()) ?? []) {
    heard += chunk.split(':\n\n').length - 1
    if (heard > pings) break
    vi.advanceTimersByTime(PING_MS)
  }
  abort.abort()
}

function appendOf(): Append {
  const meta = { actor: 'local', correlationId: FACTS_CORRELATION_ID, causationId: null } as const
  const events = [facts.communityAdded(), facts.archivingEnabled, facts.communityLeft]
  return { stream: communityStream(facts.COMMUNITY), expectedVersion: 0, events, meta, receipt: null }
}
