import { err, ok, type Result } from './result.ts'
import type { UnixSeconds } from './time.ts'

/**
 * Which archives of a version a member fetches, of those that it does not hold.
 *
 * LATEST: those whose range ends last. RANGE: those whose range overlaps [from, to).
 */
export type Selection =
  | { readonly mode: 'ALL_MISSING' }
  | { readonly mode: 'LATEST' }
  | { readonly mode: 'RANGE'; readonly from: UnixSeconds; readonly to: UnixSeconds }

/** Where nothing was chosen. */
export const DEFAULT_SELECTION: Selection = { mode: 'ALL_MISSING' }

/** The range of a selection is empty. */
export interface SelectionEmpty {
  readonly type: 'SelectionEmpty'
}

/** Checks that a selection can hold anything. */
export function checkSelection(selection: Selection): Result<null, SelectionEmpty> {
  return selection.mode === 'RANGE' && selection.from >= selection.to ? err({ type: 'SelectionEmpty' }) : ok(null)
}

/** Whether two selections are the same. */
export function areSameSelections(left: Selection, right: Selection): boolean {
  if (left.mode !== 'RANGE' || right.mode !== 'RANGE') return left.mode === right.mode
  return left.from === right.from && left.to === right.to
}
