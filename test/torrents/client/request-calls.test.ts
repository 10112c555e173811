import { expect, test } from 'vitest'
import { ok } from '../../../src/domain/result.ts'
import type { InfoHash } from '../../../src/domain/info-hash.ts'
import type { ToClient } from '../../../src/torrents/client/client-protocol.ts'
import { createRequestCalls } from '../../../src/torrents/client/request-calls.ts'

const TIMED_OUT = { ok: false, error: { code: 'TIMED_OUT' } }
const DROP = { type: 'DROP', infoHash: '00'.repeat(20) as InfoHash } as const

test('the time that a request waits for others is not counted, that after it is', async () => {
  const sent: ToClient[] = []
  const calls = createRequestCalls((message) => void sent.push(message))
  const [one, two, three] = [calls.start(DROP, 20), calls.start(DROP, 20), calls.start(DROP, 40)]
  expect(sent.map((message) => message.type === 'REQUEST' && message.id)).toEqual([1, 2, 3])
  calls.onWait(1, true)
  calls.onWait(2, true)
  expect(await three).toEqual(TIMED_OUT)
  calls.settle(1, ok({ struck: 0 }))
  expect(await one).toEqual(ok({ struck: 0 }))
  calls.onWait(2, false)
  expect(await two).toEqual(TIMED_OUT)
  calls.onWait(2, false) // As when its answer and the end of its time crossed.
})
