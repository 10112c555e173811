import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { PackedArchives, PackingRequest } from '../../../src/archives/packing/packing-request.ts'
import { dataOf, expectServable, pack, packFirst } from '../../support/packed-history.ts'
import type { DeprivedAnswer } from '../../support/packing-deprived.ts'

const CHILD = fileURLToPath(new URL('../../support/packing-deprived.ts', import.meta.url))
/** Enough for a Node to start, and few enough to be used up soon. */
const DESCRIPTORS = 64

/** Packs in a process of its own, which is allowed little. */
function packDeprived(kept: PackingRequest, forbidden: PackingRequest): DeprivedAnswer {
  const script = `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`
  const requests = [kept, forbidden].map((request) => JSON.stringify(request))
  const answer = execFileSync('sh', ['-c', script, process.execPath, CHILD, ...requests], { encoding: 'utf8' })
  return JSON.parse(answer) as DeprivedAnswer
}

/** Lets anybody write to `data`, and nobody make a file beside it. */
function forbidNewFiles(request: PackingRequest, first: PackedArchives): string {
  const data = dataOf(request, first)
  const folder = dirname(data)
  chmodSync(request.archivesDir, 0o755)
  chmodSync(data, 0o666)
  chmodSync(folder, 0o555)
  return folder
}

test('too few descriptors, or no right to write, are reported, undone, and no matter for the next run', async () => {
  const [kept, forbidden] = [packFirst(), packFirst()]
  const folder = forbidNewFiles(forbidden.next, forbidden.first)
  const { withoutDescriptors, withoutRight } = packDeprived(kept.next, forbidden.next)
  expect(withoutDescriptors).toEqual(['TOO_MANY_OPEN_FILES', 'TOO_MANY_OPEN_FILES'])
  expect(withoutRight).toBe('ACCESS_DENIED')
  chmodSync(folder, 0o755)

  const undisturbed = pack(packFirst().next)
  for (const { first, next } of [kept, forbidden]) {
    await expectServable(next, first)
    expect(readFileSync(dataOf(next, first))).toHaveLength(first.dataBytes)
    expect(readdirSync(dirname(dataOf(next, first))).toSorted()).toEqual([first.infoHash, 'data.1'].toSorted())
    expect(pack(next)).toEqual(undisturbed)
  }
})
