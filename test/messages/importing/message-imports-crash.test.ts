import Database from 'better-sqlite3'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Message } from '../../../src/domain/message.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import { openMessageStore, type MessageStore } from '../../../src/messages/message-store.ts'
import { copyWhile } from '../../support/crash-images.ts'
import { importArchives, importIdOf, messageAt, sampleArchive, takeOver } from '../../support/sample-archive.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from '../../support/temporary-message-store.ts'

/** A transaction takes two of them. */
const MESSAGE_BYTES = 600_000

const TABLES = [
  'select sequence, community, sent_at, topic, bytes, length(encoding) from messages order by sequence',
  'select sequence, import, archive, sent_at, bytes, length(encoding) from removed_messages order by sequence',
  'select * from topics',
  'select * from days',
  'select * from imports',
  'select * from imported_archives',
  'select * from archive_messages',
]

function largeMessages(second: number, count: number): readonly Message[] {
  return Array.from({ length: count }, (_, n) =>
    sampleMessage({ timestamp: (second + n) as UnixSeconds, payload: Buffer.alloc(MESSAGE_BYTES, second) }),
  )
}

/** Expects that work that ends in a crash after any of its transactions, and is begun again, leaves what it leaves else. */
async function expectCrashproof(
  store: MessageStore,
  file: string,
  work: (store: MessageStore) => Promise<unknown>,
): Promise<void> {
  const images = await copyWhile(file, join(createTemporaryFolder(), 'images'), async () => work(store))
  expect(images.length).toBeGreaterThan(1)
  for (const image of images) {
    const again = openMessageStore(image)
    await work(again)
    await again.close()
    expect(dump(image)).toEqual(dump(file))
  }
}

function dump(file: string): readonly unknown[] {
  const db = new Database(file, { readonly: true })
  const tables = TABLES.map((select) => db.prepare(select).all())
  db.close()
  return tables
}

test('a crash at any moment is made good by beginning again: importing, undoing and purging', async () => {
  const { store, file } = openTemporaryStore(createTemporaryFolder())
  await store.record(COMMUNITY, largeMessages(0, 4))
  expect(await importArchives(store, importIdOf(1), [sampleArchive(1, [0, 100], [])])).toBe(4)
  await store.record(COMMUNITY, largeMessages(100, 4))
  const archive = sampleArchive(2, [100, 200], largeMessages(102, 4))

  await expectCrashproof(store, file, async (each) => importArchives(each, importIdOf(2), [archive]))
  expect(store.countMessages(COMMUNITY)).toBe(4)
  await expectCrashproof(store, file, async (each) => each.imports.undo(COMMUNITY, importIdOf(2)))
  expect(store.countMessages(COMMUNITY)).toBe(8)
  expect(await importArchives(store, importIdOf(3), [sampleArchive(3, [0, 200], [])])).toBe(8)
  await expectCrashproof(store, file, async (each) => each.imports.purge(COMMUNITY))
  expect(dump(file)).toEqual(TABLES.map(() => []))
})

test('a group of archives is one import after a crash at any moment: each is done, under way or not begun', async () => {
  const { store, file } = openTemporaryStore(createTemporaryFolder())
  await store.record(COMMUNITY, largeMessages(0, 6))
  const group = [0, 1, 2].map((n) => sampleArchive(n + 1, [2 * n, 2 * n + 2], largeMessages(10 + n, 1)))
  await expectCrashproof(store, file, async (each) => takeOver(each, importIdOf(1), group))
  expect(await takeOver(store, importIdOf(1), group)).toMatchObject(group.map(() => ({ added: 1, removed: 2 })))
})

test('short archives share a transaction', async () => {
  const { store, file } = openTemporaryStore(createTemporaryFolder())
  const group = Array.from({ length: 20 }, (_, n) => sampleArchive(n, [n, n + 1], [messageAt(n)]))
  const images = await copyWhile(file, join(createTemporaryFolder(), 'images'), async () =>
    takeOver(store, importIdOf(1), group),
  )
  expect(store.imports.importedArchives(COMMUNITY).size).toBe(group.length)
  // One from before, one of the transaction, and some for a machine that stands still meanwhile.
  expect(images.length).toBeLessThan(6)
})
