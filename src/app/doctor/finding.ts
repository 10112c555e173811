/** What came of looking at one thing. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string
  readonly result: 'GOOD' | 'WARNING' | 'BAD'
  readonly found: string
  /** What to do; null where nothing is to be done. */
  readonly advice: string | null
}

/** It is as it should be. */
export function good(check: string, found: string): Finding {
  return { check, result: 'GOOD', found, advice: null }
}

/** It works, and may not be what is wanted, or not work for long. */
export function warning(check: string, found: string, advice: string): Finding {
  return { check, result: 'WARNING', found, advice }
}

/** It keeps the node from its work, or its secrets from being secret. */
export function bad(check: string, found: string, advice: string): Finding {
  return { check, result: 'BAD', found, advice }
}

/** The message of what was thrown, with its code where it has one. */
export function reasonOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
