import type { FileSteps } from '../../src/archives/file-steps.ts'
import type { SeedingFailureCode } from '../../src/domain/failure-codes.ts'
import { err } from '../../src/domain/result.ts'
import type { KeyStore } from '../../src/identity/key-store.ts'
import type { RepairingPorts } from '../../src/reactors/repairing-reactor.ts'
import type { Death, LifeLine } from './life-line.ts'
import { recordFileSteps, systemError } from './recorded-file-steps.ts'
import { UNSYNCED } from './unsynced-file-steps.ts'

/** What is going to go wrong in a node. Each is used up by what it makes fail. */
export interface Mischief {
  /** After so many steps on files one fails, and so do as many after it. */
  fileFault: { readonly code: string; stepsLeft: number; times: number } | null
  death: Death | null
  /** Comes over the next run while it is under way, before it reads a message. */
  meanwhile: (() => Promise<void>) | null
  /** How much is free on the disk, as far as runs can tell. */
  freeBytes: number
  /** Whether files are taken away; damage that is found else is no mischief, and a fault. */
  losesFiles: boolean
  /** How many of the next signatures fail. */
  signFaults: number
  /** How many of the next torrents the client refuses. */
  refusals: number
  /** Why the client cannot serve; null when nothing stands against it. */
  readonly refusal: () => SeedingFailureCode | null
  /** Has come over a run what was to come over it. */
  readonly interlude: () => Promise<void>
  readonly isInjected: (fault: unknown) => boolean
  /** How often something failed. */
  readonly counts: { file: number; sign: number; refusal: number }
}

/** What the client refuses with. It is none of those that say that files are damaged. */
export const REFUSAL: SeedingFailureCode = 'TIMED_OUT'

class SigningFault extends Error {}

/** Nothing is going to go wrong. */
export function createMischief(): Mischief {
  const mischief: Mischief = {
    fileFault: null,
    death: null,
    meanwhile: null,
    freeBytes: Number.MAX_SAFE_INTEGER,
    losesFiles: false,
    signFaults: 0,
    refusals: 0,
    refusal() {
      if (mischief.refusals === 0) return null
      mischief.refusals -= 1
      mischief.counts.refusal += 1
      return REFUSAL
    },
    async interlude() {
      const { meanwhile } = mischief
      mischief.meanwhile = null
      await meanwhile?.()
    },
    isInjected: (fault) => fault instanceof SigningFault,
    counts: { file: 0, sign: 0, refusal: 0 },
  }
  return mischief
}

/** Nothing mends files here. */
export function noRepairs(
  mischief: Pick<Mischief, 'losesFiles'>,
  onFault: (fault: unknown) => void,
): Pick<RepairingPorts, 'repair' | 'endUnwanted'> {
  return {
    repair: async ({ communityId }) => {
      if (!mischief.losesFiles) onFault(new Error(`The files of ${communityId} are damaged`))
      return err({ code: 'FILES_DAMAGED' })
    },
    endUnwanted: async () => undefined,
  }
}

/** Keys that do not always sign. */
export function faultySigning(keys: KeyStore, mischief: Mischief): KeyStore {
  return {
    ...keys,
    async sign(communityId, text) {
      if (mischief.signFaults === 0) return keys.sign(communityId, text)
      mischief.signFaults -= 1
      mischief.counts.sign += 1
      throw new SigningFault(`Cannot sign for ${communityId}`)
    },
  }
}

/** Real file steps, some of which fail; none is taken by a process that is dead, but for closing what it had open. */
export function mischievousSteps(mischief: Mischief, life: LifeLine): FileSteps {
  return recordFileSteps((step) => {
    if (step === 'close') return
    life.fileStep()
    const fault = mischief.fileFault
    if (fault === null) return
    if (fault.stepsLeft > 0) {
      fault.stepsLeft -= 1
      return
    }
    fault.times -= 1
    if (fault.times === 0) mischief.fileFault = null
    mischief.counts.file += 1
    throw systemError(fault.code)
  }, UNSYNCED).files
}
