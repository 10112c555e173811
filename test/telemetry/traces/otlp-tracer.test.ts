import { expect, test } from 'vitest'
import { createOtlpTracer } from '../../../src/telemetry/traces/otlp-tracer.ts'
import { freePort } from '../../support/free-port.ts'
import { openTraceCollector } from '../../support/trace-collector.ts'

const correlationId = '0d9f9c1e-5c1b-4e0a-9a52-3f9d2b7c6e11'

test('a collector that is down holds up nothing, and is told of once', async () => {
  const told: string[] = []
  const tell = (_details: object, text: string): void => void told.push(text)
  const endpoint = `http://127.0.0.1:${await freePort()}`
  const log = { warn: tell, info: tell }
  const tracer = createOtlpTracer({ endpoint, version: '1', instanceId: 'a', log, gatherMs: 5, exportMs: 100 })
  const began = performance.now()
  for (let n = 0; n < 2_000; n += 1) tracer.begin({ name: 'AddCommunity', correlationId }).end({ outcome: 'accepted' })
  expect(performance.now() - began).toBeLessThan(1_000)

  await expect.poll(() => told.length).toBe(1)
  tracer.begin({ name: 'AddCommunity', correlationId }).end({}, new Error('The disk is full'))
  await tracer.stop()
  expect(told).toEqual(['Traces do not arrive, and are lost until they do'])
})

test('what is left is sent when the node stops', async () => {
  const collector = await openTraceCollector()
  const log = { warn: () => expect.unreachable(), info: () => expect.unreachable() }
  const tracer = createOtlpTracer({ endpoint: collector.url, version: '1', instanceId: 'a', log })
  const { traceId, spanId } = tracer.begin({ name: 'AddCommunity', correlationId })
  tracer.begin({ name: 'CommunityAdded', correlationId, parent: { traceId, spanId }, spanId: '9a523f9d2b7c6e11' }).end()
  await tracer.stop()
  expect(collector.spans).toMatchObject([
    { traceId: correlationId.replaceAll('-', ''), spanId: '9a523f9d2b7c6e11', parentSpanId: spanId },
  ])
})
