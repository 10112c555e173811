import { readFileSync } from 'node:fs'
import { torrentClientPidOf } from '../test/support/torrent-client-pid.ts'

/** The memory of a process and of its torrent client, in megabytes; null of one that is not there. */
export interface MemorySample {
  readonly atMs: number
  readonly pid: number
  readonly main: number
  readonly client: number | null
}

/** Reads how much memory a node holds at this moment (resident, as Linux tells it); null where it is gone. */
export function sampleMemory(pid: number): MemorySample | null {
  const main = residentOf(pid)
  if (main === null) return null
  const client = torrentClientPidOf(pid)
  return { atMs: performance.now(), pid, main, client: client === null ? null : residentOf(client) }
}

function residentOf(pid: number): number | null {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes === undefined ? null : (Number(kibibytes) * 1024) / 1e6
  } catch {
    return null // A process that was killed since.
  }
}

/** The value below which a share of the values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** How much values grow a minute, by the line that fits them best. */
export function slopePerMinute(points: readonly (readonly [atMs: number, value: number])[]): number {
  const meanOf = (index: 0 | 1): number => points.reduce((sum, point) => sum + point[index], 0) / points.length
  const [meanAt, meanValue] = [meanOf(0), meanOf(1)]
  const above = points.reduce((sum, [at, value]) => sum + (at - meanAt) * (value - meanValue), 0)
  const below = points.reduce((sum, [at]) => sum + (at - meanAt) ** 2, 0)
  return (above / below) * 60_000
}
