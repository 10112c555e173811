import { CALLER_CLASSES, type CallerClass } from './caller-class.ts'
import type { BodyLimits } from './transport-limits.ts'

/** What one request or connection takes of the memory for what comes in. */
export interface BodyShare {
  /** Takes so many bytes more, of the share of a class. @returns False, and nothing taken, where there is no room. */
  readonly take: (kind: CallerClass, bytes: number) => boolean
  /** Gives back so many bytes of those taken. */
  readonly giveBack: (bytes: number) => void
  /** Gives back all that is taken. */
  readonly release: () => void
}

/** Bounds all that is under way: requests that come in, and those that are being answered. Each class has its own share. */
export type BodyBudget = () => BodyShare

/** @param limits Of each class; what others send never takes room from who operates the node. */
export function createBodyBudget(limits: Readonly<Record<CallerClass, BodyLimits>>): BodyBudget {
  const taken = new Map(CALLER_CLASSES.map((kind) => [kind, 0]))
  const change = (kind: CallerClass, bytes: number): void => void taken.set(kind, (taken.get(kind) ?? 0) + bytes)
  return () => {
    let held = 0
    let heldAs: CallerClass = 'NOBODY'
    const giveBack = (bytes: number): void => {
      const given = Math.min(bytes, held)
      held -= given
      change(heldAs, -given)
    }
    return {
      take: (kind, bytes) => {
        // Who becomes known takes along what came in before.
        const wanted = kind === heldAs ? bytes : held + bytes
        if ((taken.get(kind) ?? 0) + wanted > limits[kind].maxTotalBytes) return false
        change(heldAs, kind === heldAs ? 0 : -held)
        change(kind, wanted)
        heldAs = kind
        held += bytes
        return true
      },
      giveBack,
      release: () => giveBack(held),
    }
  }
}
