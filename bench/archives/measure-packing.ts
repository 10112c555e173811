import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { forgetPeak, readMemory } from '../packing/process-memory.ts'
import type { PackingBytes, PackingJob, PackingOutcome } from './packer.ts'

/** What packing a run took. */
export interface MeasuredPacking extends PackingOutcome {
  /** What the process held before. */
  readonly idleMegabytes: number
  /** The most that it held more than that. */
  readonly peakMegabytes: number
}

/** Packs a run on a thread, in a process of its own. */
export async function measurePacking(job: PackingJob): Promise<MeasuredPacking> {
  return withPacker(async (ask, pid) => {
    const { nowMegabytes: idleMegabytes } = readMemory(pid)
    forgetPeak(pid)
    const outcome = await ask<PackingOutcome>('PACK', job)
    return { ...outcome, idleMegabytes, peakMegabytes: readMemory(pid).peakMegabytes - idleMegabytes }
  })
}

/** Packs a run, once more if need be, and counts what that writes and reads. */
export async function countPacking(job: PackingJob): Promise<PackingBytes> {
  return withPacker(async (ask) => ask<PackingBytes>('COUNT', job))
}

type Ask = <Answer>(type: 'PACK' | 'COUNT', job: PackingJob) => Promise<Answer>

async function withPacker<Value>(use: (ask: Ask, pid: number) => Promise<Value>): Promise<Value> {
  const packer = fork(join(import.meta.dirname, 'packer.ts'))
  const ended = once(packer, 'exit')
  // The one message, or the end of a packer that failed.
  const answer = async <Answer>(): Promise<Answer> => {
    const [told] = (await Promise.race([once(packer, 'message'), ended])) as [Answer]
    if (packer.exitCode !== null) throw new Error(`Cannot measure: the packer ended with code ${packer.exitCode}`)
    return told
  }
  try {
    await answer()
    const ask: Ask = async (type, job) => {
      packer.send({ type, job })
      return answer()
    }
    return await use(ask, packer.pid ?? 0)
  } finally {
    packer.kill()
    await ended
  }
}
