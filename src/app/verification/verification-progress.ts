import type { RunningVerification, VerificationStage } from '../../graphql/verifications.ts'

type Sample = Pick<RunningVerification, 'stage' | 'checkedBytes' | 'totalBytes'>

/** How far a verification has come. */
export class VerificationProgress {
  #stage: VerificationStage = 'WAITING'
  #checkedBytes = 0
  #totalBytes = 0
  #doneBytes = (): number => 0

  sample(): Sample {
    const checkedBytes = Math.min(this.#checkedBytes + this.#doneBytes(), this.#totalBytes)
    return { stage: this.#stage, checkedBytes, totalBytes: this.#totalBytes }
  }

  /** So much more is to be checked. */
  expect(bytes: number): void {
    this.#totalBytes += bytes
  }

  enter(stage: VerificationStage): void {
    this.#stage = stage
  }

  /** A check begins, which tells how many bytes it has done. */
  checking(doneBytes: () => number): void {
    this.#stage = 'CHECKING'
    this.#doneBytes = doneBytes
  }

  /** The check has ended, of so many bytes. */
  checked(bytes: number): void {
    this.#doneBytes = () => 0
    this.#checkedBytes += bytes
  }
}
