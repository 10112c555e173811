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
  const correlationAt = new Map<string, string>(events.map((each) => [String(each.position), each.correlationId]))
  for (const { answer, correlationId, mutation } of answered) {
    if (answer.position == null) continue
    expect({ mutation, by: correlationAt.get(answer.position) }).toEqual({ mutation, by: correlationId })
  }
}
