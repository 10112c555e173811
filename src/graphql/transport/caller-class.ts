import type { Caller } from '../caller.ts'

/** How far who asks is trusted: not known, known, or trusted to change what the node does. */
export const CALLER_CLASSES = ['NOBODY', 'READER', 'OPERATOR'] as const

export type CallerClass = (typeof CALLER_CLASSES)[number]

/** Tells what may be asked of the machine for somebody. */
export function classOf(caller: Caller | null): CallerClass {
  if (caller === null) return 'NOBODY'
  const { role } = caller.grant
  return role === 'OPERATOR' || role === 'ADMIN' ? 'OPERATOR' : 'READER'
}
