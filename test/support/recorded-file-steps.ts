import { nodeFileSteps, type FileSteps } from '../../src/archives/file-steps.ts'

/** File steps that are noted before they are taken. */
export interface RecordedFileSteps {
  readonly files: FileSteps
  /** The names of the steps so far, in order. */
  readonly steps: readonly (keyof FileSteps)[]
}

/**
 * Real file steps, each shown to `before` with its name and number first, which may throw.
 *
 * @param before Gets the number of the step among all, from 0.
 */
export function recordFileSteps(
  before: (step: keyof FileSteps, index: number) => void = () => undefined,
  files: FileSteps = nodeFileSteps,
): RecordedFileSteps {
  const steps: (keyof FileSteps)[] = []
  const note = (step: keyof FileSteps): void => {
    steps.push(step)
    before(step, steps.length - 1)
  }
  const noted = new Proxy(files, {
    get: (target, name: keyof FileSteps) => {
      const step = target[name] as (...given: readonly unknown[]) => unknown
      return (...given: readonly unknown[]): unknown => {
        note(name)
        return step(...given)
      }
    },
  })
  return { files: noted, steps }
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code })
}
