import type { FileSteps } from '../../src/archives/file-steps.ts'
import type { DiskModelSteps } from './disk-model-steps.ts'

/** Says what a step fails with, or null for a step that is taken. Gets the number of the step among all, from 0. */
export type FaultOf = (step: keyof FileSteps, index: number) => Error | null

/**
 * Steps on a disk in memory that fail as a system's do. What fails has done nothing, with two exceptions: a file that
 * cannot be closed is not open any more, and what a file's sync could not write is never written.
 */
export function faultySteps(steps: DiskModelSteps, faultOf: FaultOf): FileSteps {
  let count = 0
  return new Proxy<FileSteps>(steps, {
    get: (_, name: keyof FileSteps) => {
      const step = steps[name] as (...given: readonly unknown[]) => unknown
      return (...given: readonly unknown[]): unknown => {
        const fault = faultOf(name, count)
        count += 1
        if (fault === null) return step(...given)
        if (name === 'close') step(...given)
        if (name === 'sync') steps.failSync(Number(given[0]))
        throw fault
      }
    },
  })
}
