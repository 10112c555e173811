import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ArchiveBatch, ImportPreview } from '../../../src/messages/importing/preview-import.ts'
import type { MessageStore } from '../../../src/messages/message-store.ts'
import {
  importArchives,
  importIdOf,
  messageAt,
  sampleArchive,
  type SampleArchive,
} from '../../support/sample-archive.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from '../../support/temporary-message-store.ts'

const WEEK = sampleArchive(1, [0, 10], [messageAt(1), messageAt(2)])
const LATE = sampleArchive(2, [2, 4], [messageAt(2), messageAt(3)])
const NEXT = sampleArchive(3, [10, 20], [messageAt(11)])
const INDEX = [WEEK, LATE, NEXT]

/** The messages of archives one by one, as if they were just read. */
async function* batchesOf(archives: readonly SampleArchive[]): AsyncGenerator<ArchiveBatch, void> {
  for (const { id, messages } of archives) {
    for (const message of await Promise.resolve(messages)) yield { archiveId: id, messages: [message] }
  }
}

async function preview(store: MessageStore, archives: readonly SampleArchive[]): Promise<ImportPreview> {
  return store.imports.preview({ communityId: COMMUNITY, index: INDEX, archives: batchesOf(archives) })
}

describe('a preview', () => {
  test('counts each message once, and removes nothing from ranges of which archives are missing', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    expect(await preview(store, INDEX)).toEqual({ added: 4, kept: 0, removed: 0 })

    await store.record(COMMUNITY, [messageAt(2), messageAt(4, 'stray'), messageAt(15, 'stray'), messageAt(20)])
    expect(await preview(store, [WEEK, LATE])).toEqual({ added: 2, kept: 1, removed: 1 })
    expect(await preview(store, [WEEK])).toEqual({ added: 1, kept: 1, removed: 0 })
    expect(await preview(store, INDEX)).toEqual({ added: 3, kept: 1, removed: 2 })
    expect(await preview(store, [])).toEqual({ added: 0, kept: 0, removed: 0 })
  })

  test('knows what was imported before, and says what the import then does', async () => {
    const { store } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, [messageAt(4, 'stray')])
    expect(await importArchives(store, importIdOf(1), [WEEK], INDEX)).toBe(0)

    expect(await preview(store, [LATE])).toEqual({ added: 1, kept: 1, removed: 1 })
    expect(await preview(store, [WEEK, LATE])).toEqual({ added: 1, kept: 2, removed: 1 })
    expect(await importArchives(store, importIdOf(2), [LATE], INDEX)).toBe(1)
    expect(await preview(store, [WEEK, LATE])).toEqual({ added: 0, kept: 3, removed: 0 })
  })

  test('changes nothing, and leaves nothing open', async () => {
    const { store, file } = openTemporaryStore(createTemporaryFolder())
    await store.record(COMMUNITY, [messageAt(4, 'stray')])
    const [before, walBefore] = [readFileSync(file), readFileSync(`${file}-wal`)]
    await preview(store, INDEX)

    expect(readFileSync(file).equals(before) && readFileSync(`${file}-wal`).equals(walBefore)).toBe(true)
    await expect(store.imports.preview({ communityId: COMMUNITY, index: INDEX, archives: failing() })).rejects.toThrow(
      '!',
    )
    await store.close()
  })
})

async function* failing(): AsyncGenerator<ArchiveBatch, void> {
  yield await Promise.reject(new Error('!'))
}
