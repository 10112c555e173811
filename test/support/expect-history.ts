import { expect } from 'vitest'
import { brokenRules } from './broken-rules.ts'
import type { LogSnapshot } from './log-snapshot.ts'
import type { AnsweredWish } from './persistent-client.ts'

/**
 * Expects of a log what holds at every moment: its chain, its rules and its read models, that each wish was granted
 * once, and that what was answered is there.
 */
export function expectHistory(
  { events, fault, live, rebuilt }: LogSnapshot,
  answered: readonly AnsweredWish[],
  graceMs: number,
): void {
  expect(fault).toBeNull()
  expect(rebuilt).toEqual(live)
  expect(brokenRules(events, graceMs)).toEqual([])
  const wished = events.filter(({ actor }) => actor === 'local')
  const granted = wished.map(({ correlationId, event }) => `${correlationId} ${event.type}`)
  expect(granted).toEqual([...new Set(granted)])
  const grantedAt = new Map<string, string>(wished.map((each) => [each.correlationId, String(each.position)]))
  for (const { answer, correlationId, mutation, sent } of answered) {
    if (mutation === 'recordMessages') continue
    // Sent once or often, a wish is answered with the last event that it led to, and no refused one led to any.
    const position = grantedAt.get(correlationId) ?? null
    expect({ mutation, sent, position: answer.position ?? null }).toEqual({ mutation, sent, position })
  }
}
