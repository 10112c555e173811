import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ArchivesInTheWay } from '../../../src/app/backup/restore-backup.ts'
import type { UnixMillis, UnixSeconds } from '../../../src/domain/time.ts'
import { readNode } from '../../../src/projections/nodes.ts'
import { endRun, startRun } from '../../support/archive-run.ts'
import { backUpOf, NOW, openBackedUp, restoreTo, withStores } from '../../support/backups.ts'
import { SAMPLE_TOPIC, sampleMessages } from '../../support/sample-message.ts'
import { addSmallCommunity, SENT_AT } from '../../support/small-community.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

describe('bringing back', () => {
  test('is refused where there is a log, messages, what SQLite left of them, or another key', async () => {
    const node = await openBackedUp()
    await addSmallCommunity(node.stores, 1)
    valueOf(await backUpOf(node, { withKeys: true }))
    for (const name of ['seedbank.db', 'messages.db', 'seedbank.db-wal', 'keys/node']) {
      const dataDir = createTemporaryFolder()
      const file = join(dataDir, name)
      cpSync(join(node.dataDir, 'keys'), join(dataDir, 'keys'), { recursive: true })
      writeFileSync(file, 'another')
      expect(await restoreTo(dataDir, node.file)).toEqual({ ok: false, error: { type: 'FileInTheWay', file } })
      expect(readFileSync(file, 'utf8')).toBe('another')
      expect(readdirSync(dataDir).filter((found) => found.startsWith('restore'))).toEqual([])
    }
    expect(await restoreTo(node.dataDir, node.file)).toMatchObject({ error: { type: 'DataDirectoryLocked' } })
    const missing = join(node.dataDir, 'no.tar')
    expect(await restoreTo(node.dataDir, missing)).toEqual({
      ok: false,
      error: { type: 'BackupMissing', file: missing },
    })
  })

  test('is refused of a file in which a byte was changed or the end is missing, and leaves nothing', async () => {
    const node = await openBackedUp()
    await addSmallCommunity(node.stores, 1)
    const { members } = valueOf(await backUpOf(node))
    const whole = readFileSync(node.file)
    const [log] = members
    const start = whole.indexOf('SQLite format 3')
    const places = [5, 600, start - 400, start + 100, start + (log?.bytes ?? 0) - 1, start + (log?.bytes ?? 0) + 520]
    const damaged = places.map((place) => {
      const bytes = Buffer.from(whole)
      bytes[place] = (bytes[place] ?? 0) ^ 1
      return bytes
    })
    const cut = [0, 512, start + 100, whole.length - 5000].map((length) => whole.subarray(0, length))
    for (const bytes of [...damaged, ...cut, Buffer.from('no tar at all')]) {
      const dataDir = createTemporaryFolder()
      writeFileSync(node.file, bytes)
      expect(await restoreTo(dataDir, node.file)).toMatchObject({ ok: false, error: { type: 'BackupDamaged' } })
      expect(readdirSync(dataDir).filter((name) => name !== 'lock.db')).toEqual([])
    }
  })

  test('is refused of one from more than a day ahead, whose time would be a floor of clocks for good', async () => {
    const node = await openBackedUp()
    await addSmallCommunity(node.stores, 1)
    const day = 86_400_000
    const ahead = { now: () => (NOW + day + 1) as UnixMillis }
    valueOf(await backUpOf(node, ahead))
    const refused = createTemporaryFolder()
    expect(await restoreTo(refused, node.file)).toMatchObject({
      ok: false,
      error: { type: 'BackupDamaged', message: expect.stringContaining('more than a day after') as string },
    })
    expect(readdirSync(refused).filter((name) => name !== 'lock.db')).toEqual([])

    const dataDir = createTemporaryFolder()
    valueOf(await restoreTo(dataDir, node.file, { now: () => (NOW + 1) as UnixMillis }))
    expect(await withStores(dataDir, async ({ db }) => (await readNode(db)).clockFloor)).toBe(NOW + day + 1)
  })

  test('is refused beside archives that are newer than the back-up, which the next start would sweep', async () => {
    const node = await openBackedUp()
    const id = await addSmallCommunity(node.stores, 1)
    const end = (week: number): UnixSeconds => (SENT_AT + week) as UnixSeconds
    await endRun(node.stores, await startRun(node.stores, id, SENT_AT, end(1)))
    valueOf(await backUpOf(node))
    const archives = join(node.dataDir, 'archives')
    const dataDir = createTemporaryFolder()
    const folder = join(dataDir, 'archives')
    cpSync(archives, folder, { recursive: true })
    valueOf(await restoreTo(dataDir, node.file))

    await node.stores.messages.record(id, sampleMessages(5, { timestamp: end(1), topic: SAMPLE_TOPIC }))
    await endRun(node.stores, await startRun(node.stores, id, end(1), end(2)))
    for (const name of ['seedbank.db', 'messages.db']) rmSync(join(dataDir, name))
    cpSync(archives, folder, { recursive: true })
    const before = readFileSync(join(folder, id, 'data.1'))
    const refused = await restoreTo(dataDir, node.file)
    expect(refused).toMatchObject({ ok: false, error: { type: 'ArchivesInTheWay', folder } })
    const { files } = (refused as { error: ArchivesInTheWay }).error
    expect(files).toContain(join(folder, id, 'data.1'))
    expect(files).toHaveLength(2)
    expect(readFileSync(join(folder, id, 'data.1'))).toEqual(before)
    expect(existsSync(join(dataDir, 'seedbank.db'))).toBe(false)
    rmSync(folder, { recursive: true })
    mkdirSync(join(folder, `0x02${'ee'.repeat(32)}`), { recursive: true })
    expect(await restoreTo(dataDir, node.file)).toMatchObject({ error: { type: 'ArchivesInTheWay' } })
  })

  test('that was killed leaves nothing that counts, or is finished by whoever opens the directory next', async () => {
    const node = await openBackedUp()
    await addSmallCommunity(node.stores, 3)
    valueOf(await backUpOf(node, { withKeys: true }))
    const whole = createTemporaryFolder()
    valueOf(await restoreTo(whole, node.file))
    const head = node.stores.log.head() + 1

    const early = createTemporaryFolder()
    cpSync(whole, join(early, 'restore.partial'), { recursive: true })
    expect(await withStores(early, async ({ log }) => log.head())).toBe(0)
    expect(existsSync(join(early, 'restore.partial'))).toBe(false)

    for (const placed of [[], ['messages.db'], ['messages.db', 'keys/node', 'seedbank.db']]) {
      const late = createTemporaryFolder()
      cpSync(whole, join(late, 'restore.ready'), { recursive: true, filter: (path) => !path.endsWith('lock.db') })
      for (const name of placed) {
        cpSync(join(whole, name), join(late, name), { recursive: true })
      }
      expect(await withStores(late, async ({ log }) => log.head())).toBe(head)
      expect(existsSync(join(late, 'restore.ready'))).toBe(false)
      expect(readFileSync(join(late, 'keys/node'))).toEqual(readFileSync(join(node.dataDir, 'keys/node')))
    }
  })
})
