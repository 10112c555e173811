import { hash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { dataPathOf, heldPathOf } from '../../../src/archives/archive-paths.ts'
import { checkArchiveHash, checkPieces, type HashedArchive } from '../../../src/archives/sweep/check-named-bytes.ts'
import type { InfoHash } from '../../../src/domain/info-hash.ts'
import { COMMUNITY } from '../../support/community-facts.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const RAW = Buffer.from('the archive')
const ARCHIVE: HashedArchive = {
  communityId: COMMUNITY,
  generation: 1,
  offset: 0,
  rawBytes: RAW.length,
  paddingBytes: 5,
  sha256: hash('sha256', RAW),
  isFetched: false,
}
const VERSION = {
  communityId: COMMUNITY,
  generation: 1,
  infoHash: '0'.repeat(40) as InfoHash,
  dataBytes: 102_400,
  indexBytes: 9,
  isFetched: true,
}

/** A folder of archives with one `data`. */
function archivesWith(padding: string): { readonly archivesDir: string; readonly path: string } {
  const archivesDir = createTemporaryFolder()
  const path = dataPathOf(archivesDir, COMMUNITY, 1)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, Buffer.concat([RAW, Buffer.from(padding)]))
  writeFileSync(heldPathOf(archivesDir, COMMUNITY, 1), Buffer.alloc(20, 1))
  return { archivesDir, path }
}

test('demands zeros as padding of what was packed here, and not of what another node packed', async () => {
  const zeros = archivesWith('\0'.repeat(5))
  const others = archivesWith('other')
  const check = (archivesDir: string, isFetched: boolean) => checkArchiveHash(archivesDir, { ...ARCHIVE, isFetched })
  expect(await check(zeros.archivesDir, false)).toBeNull()
  expect(await check(others.archivesDir, false)).toEqual({ path: `${others.path} at 0`, code: 'OTHER_HASH' })
  expect(await check(others.archivesDir, true)).toBeNull()
  expect(await checkArchiveHash(others.archivesDir, { ...ARCHIVE, isFetched: true, rawBytes: 12 })).not.toBeNull()
})

test('finds nothing wrong with the bytes of a file that is swept while it looks', async () => {
  const packed = archivesWith('\0'.repeat(5))
  const hashed = checkArchiveHash(packed.archivesDir, ARCHIVE)
  rmSync(packed.path)
  expect(await hashed).toBeNull()
  const fetched = archivesWith('')
  expect(await checkPieces(fetched.archivesDir, VERSION)).toEqual([
    { path: `${fetched.path} at 0`, code: 'OTHER_HASH' },
  ])
  const pieces = checkPieces(fetched.archivesDir, VERSION)
  rmSync(fetched.path)
  expect(await pieces).toEqual([])
})
