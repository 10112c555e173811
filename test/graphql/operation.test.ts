import { describe, expect, test } from 'vitest'
import { startOperation } from '../../src/graphql/operation.ts'

const ID = '0d9f9c1e-5c1b-4e0a-9a52-3f9d2b7c6e11'
const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
const traceparent = `00-${traceId}-${spanId}-01`

describe('an operation', () => {
  test('has the correlation id of its client', () => {
    const headers = { 'x-correlation-id': ID.toUpperCase() }
    expect(startOperation('HTTP', headers)).toMatchObject({ correlationId: ID, calledFrom: null })
  })

  test('else is part of the trace of its client, whatever version of a UUID the trace id would be', () => {
    const expected = { correlationId: '4bf92f35-77b3-4da6-a3ce-929d0e0e4736', calledFrom: { traceId, spanId } }
    expect(startOperation('WEBSOCKET', { traceparent })).toMatchObject(expected)
    const other = `cc-00000000000000000000000000000001-${spanId}-00-more`
    expect(startOperation('HTTP', { traceparent: other }).correlationId).toBe('00000000-0000-0000-0000-000000000001')
  })

  test('knows who called where the client gave both', () => {
    const operation = startOperation('HTTP', { 'x-correlation-id': ID, traceparent })
    expect(operation).toMatchObject({ correlationId: ID, calledFrom: { traceId, spanId } })
  })

  test.each([
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01x`,
    `00-${traceId}`,
  ])('has a new id where the header names no trace: %s', (header) => {
    const { correlationId, calledFrom } = startOperation('HTTP', { traceparent: header, 'x-correlation-id': 'mine' })
    expect(calledFrom).toBeNull()
    expect(correlationId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(correlationId.replaceAll('-', '')).not.toBe(traceId)
  })

  test('goes on behind what was received last over HTTP alone', () => {
    const headers = { 'last-event-id': 'a cursor' }
    expect(startOperation('HTTP', headers).lastEventId).toBe('a cursor')
    expect(startOperation('WEBSOCKET', headers).lastEventId).toBeNull()
  })
})
