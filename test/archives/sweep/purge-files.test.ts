import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listCommunityFiles, purgeCommunityFiles } from '../../../src/archives/sweep/purge-files.ts'
import { reconcileArchiveFiles } from '../../../src/archives/sweep/reconcile-archive-files.ts'
import { COMMUNITY } from '../../support/community-facts.ts'
import { systemError } from '../../support/recorded-file-steps.ts'
import { communityNumber } from '../../support/sample-events.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const OTHER = communityNumber(7)
const VERSION = 'ab'.repeat(20)

/** Archives of two communities, with files of known lengths. */
function openArchives(): string {
  const archivesDir = createTemporaryFolder()
  for (const communityId of [COMMUNITY, OTHER]) {
    mkdirSync(join(archivesDir, communityId, VERSION), { recursive: true })
    writeFileSync(join(archivesDir, communityId, 'data.1'), 'x'.repeat(100))
    writeFileSync(join(archivesDir, communityId, VERSION, 'index'), 'x'.repeat(10))
    writeFileSync(join(archivesDir, communityId, 'notes.txt'), '')
  }
  return archivesDir
}

const filesOf = (name: string): readonly object[] => [
  { name: `${name}/${VERSION}/index`, bytes: 10 },
  { name: `${name}/data.1`, bytes: 100 },
  { name: `${name}/notes.txt`, bytes: 0 },
]

describe('the files of a community that is purged', () => {
  test('are named one by one, and then gone, and no others', async () => {
    const archivesDir = openArchives()
    expect(await listCommunityFiles(archivesDir, COMMUNITY)).toEqual(filesOf(COMMUNITY))
    await purgeCommunityFiles(archivesDir, COMMUNITY)
    expect(await listCommunityFiles(archivesDir, COMMUNITY)).toEqual([])
    expect(existsSync(join(archivesDir, COMMUNITY))).toBe(false)
    expect(existsSync(join(archivesDir, `${COMMUNITY}.purged`))).toBe(false)
    expect(await listCommunityFiles(archivesDir, OTHER)).toEqual(filesOf(OTHER))
  })

  test('are named and deleted also where a purge broke off in the middle', async () => {
    const archivesDir = openArchives()
    const purged = `${COMMUNITY}.purged`
    renameSync(join(archivesDir, COMMUNITY), join(archivesDir, purged))
    expect(await listCommunityFiles(archivesDir, COMMUNITY)).toEqual(filesOf(purged))
    mkdirSync(join(archivesDir, COMMUNITY))
    await purgeCommunityFiles(archivesDir, COMMUNITY)
    await purgeCommunityFiles(archivesDir, COMMUNITY)
    expect(await listCommunityFiles(archivesDir, COMMUNITY)).toEqual([])
  })

  test('are all gone but those that cannot be deleted, and these are told of with the error of the system', async () => {
    const archivesDir = openArchives()
    const cause = systemError('EPERM')
    const deleteFile = async (path: string): Promise<void> =>
      path.endsWith('index') ? Promise.reject(cause) : unlink(path)
    const left = [{ name: `${COMMUNITY}.purged/${VERSION}/index`, bytes: 10 }]
    expect(await purgeCommunityFiles(archivesDir, COMMUNITY, deleteFile)).toEqual([cause])
    expect(await listCommunityFiles(archivesDir, COMMUNITY)).toEqual(left)
    mkdirSync(join(archivesDir, COMMUNITY))
    expect(await purgeCommunityFiles(archivesDir, COMMUNITY, deleteFile)).toEqual([cause])
    expect(await purgeCommunityFiles(archivesDir, COMMUNITY)).toEqual([])
    expect(await listCommunityFiles(archivesDir, COMMUNITY)).toEqual([])
    expect(readdirSync(archivesDir)).toEqual([OTHER])
  })

  test('are swept at the next start, whenever the purge broke off', () => {
    const archivesDir = openArchives()
    const purged = join(archivesDir, `${COMMUNITY}.purged`)
    const folder = join(archivesDir, COMMUNITY)
    const known = [{ communityId: COMMUNITY, versions: [] }]
    renameSync(folder, purged)
    expect(reconcileArchiveFiles(archivesDir, known)).toEqual({ cut: [], removed: [purged], failed: [] })
    mkdirSync(join(folder, VERSION), { recursive: true })
    expect(reconcileArchiveFiles(archivesDir, known)).toEqual({
      cut: [],
      removed: [join(folder, VERSION), folder],
      failed: [],
    })
    expect(existsSync(folder)).toBe(false)
    expect(existsSync(join(archivesDir, OTHER, 'data.1'))).toBe(true)
  })
})
