import { expect, test } from 'vitest'
import { tellInGroups } from '../../../src/app/importing/told-in-groups.ts'
import type { ArchiveId, ImportId } from '../../../src/domain/archive.ts'
import type { Command } from '../../../src/domain/commands.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { ok } from '../../../src/domain/result.ts'

const PIECE = 102_400
const CAUSE = { cause: 'an event', correlationId: 'a wish' }
const ABOUT = { communityId: `0x${'a1'.repeat(32)}` as CommunityId, importId: 'an import' as ImportId }

/** What is told of the archive of this number. */
function imported(n: number): Command {
  const counts = { messages: n, added: n, removed: 0, sha256: '' }
  return { type: 'RecordArchiveImported', ...ABOUT, archiveId: `0x${n}` as ArchiveId, ...counts }
}

test('tells of short archives in groups of a mebibyte, and of a long one before the next begins', async () => {
  const told: Command[] = []
  const groups = tellInGroups(async (command) => (told.push(command), ok(null)), CAUSE)
  const toldBefore: number[] = []
  for (const [n, bytes] of [...Array<number>(11).fill(PIECE), 20 * PIECE, PIECE, PIECE].entries()) {
    await groups.before(bytes)
    toldBefore.push(told.length)
    groups.add(imported(n), bytes)
  }
  await groups.tell()
  expect(toldBefore).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 11, 12, 12])
  expect(told).toEqual(Array.from({ length: 14 }, (_, n) => imported(n)))
})

test('fails as the log does', async () => {
  const groups = tellInGroups(async () => Promise.reject(new Error('Cannot append')), CAUSE)
  groups.add(imported(1), PIECE)
  await expect(groups.tell()).rejects.toThrow('Cannot append')
})
