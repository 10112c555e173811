import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { importArchives, importIdOf, messageAt, sampleArchive, takeOver } from '../../support/sample-archive.ts'
import { sampleMessages } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from '../../support/temporary-message-store.ts'

const OTHER_COMMUNITY = `0x02${'b2'.repeat(32)}` as CommunityId
const IMPORT = importIdOf(1)

test('purging forgets the imports of a community, and no messages, nor the imports of others', async () => {
  const { store, file } = openTemporaryStore(createTemporaryFolder())
  const messages = sampleMessages(1_200, { timestamp: messageAt(5).timestamp })
  const archive = sampleArchive(1, [0, 10], messages)
  await store.record(COMMUNITY, [messageAt(6, 'stray')])
  expect(await importArchives(store, IMPORT, [archive])).toBe(1)
  await takeOver(store, IMPORT, [archive], { communityId: OTHER_COMMUNITY })

  await store.imports.purge(COMMUNITY)
  await store.imports.purge(COMMUNITY)

  expect(store.imports.importedArchives(COMMUNITY)).toEqual(new Set())
  expect(store.imports.importedArchives(OTHER_COMMUNITY)).toEqual(new Set([archive.id]))
  expect(await store.imports.undo(COMMUNITY, IMPORT)).toBe(0)
  expect([store.countMessages(COMMUNITY), store.countMessages(OTHER_COMMUNITY)]).toEqual([1_200, 1_200])
  const db = new Database(file, { readonly: true })
  const tables = ['imports', 'imported_archives', 'archive_messages', 'removed_messages']
  const rows = tables.map((table) => db.prepare(`select count(*) from ${table}`).pluck().get())
  db.close()
  expect(rows).toEqual([1, 1, 1_200, 0])

  expect(await takeOver(store, IMPORT, [archive])).toMatchObject([{ messages: 1_200, added: 0 }])
})
