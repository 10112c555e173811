import { readFileSync, writeFileSync } from 'node:fs'

/** What a process holds in memory, in megabytes, as Linux tells it. */
export interface ProcessMemory {
  readonly nowMegabytes: number
  /** Since `forgetPeak`. */
  readonly peakMegabytes: number
}

/** Lets the peak of a process begin anew. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

export function readMemory(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return { nowMegabytes: megabytes(status, 'VmRSS'), peakMegabytes: megabytes(status, 'VmHWM') }
}

function megabytes(status: string, field: string): number {
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? []
  if (kibibytes === undefined) throw new Error(`Cannot read ${field} of a process: it is not in its status`)
  return (Number(kibibytes) * 1024) / 1e6
}
