// A process that packs with too few descriptors, and without the right to: what a test starts.
import { closeSync, openSync, writeSync } from 'node:fs'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackingRequest } from '../../src/archives/packing/packing-request.ts'
import { readSmallHistory } from './small-history.ts'

/** How packing ended: its code, or the info hash of what it made. */
export interface DeprivedAnswer {
  /** With no descriptor left, and with one. */
  readonly withoutDescriptors: readonly string[]
  readonly withoutRight: string
}

/** Nobody, on every Linux. */
const NOBODY = 65_534

const [kept = '', forbidden = ''] = process.argv.slice(2)
const withoutDescriptors = [0, 1].map((free) => {
  const files = openAll()
  for (const file of files.splice(0, free)) closeSync(file)
  const answer = pack(kept)
  for (const file of files) closeSync(file)
  return answer
})
// Root is refused nothing.
if (process.getuid?.() === 0) process.setuid?.(NOBODY)
const answer: DeprivedAnswer = { withoutDescriptors, withoutRight: pack(forbidden) }
writeSync(1, JSON.stringify(answer))

function pack(request: string): string {
  const packed = packArchives(JSON.parse(request) as PackingRequest, readSmallHistory)
  return packed.ok ? (packed.value?.infoHash ?? 'nothing') : packed.error.code
}

/** Opens files until the system refuses. */
function openAll(): number[] {
  const files: number[] = []
  try {
    for (;;) files.push(openSync('/dev/null', 'r'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EMFILE') return files
    throw error
  }
}
