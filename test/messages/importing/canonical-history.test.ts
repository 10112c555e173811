import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { openMessageStore, type MessageStore } from '../../../src/messages/message-store.ts'
import { CanonicalModel } from '../../support/canonical-model.ts'
import { importIdOf, messageAt, sampleArchive, writeArchive, type SampleArchive } from '../../support/sample-archive.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { openTemporaryStore, readAll, TOPICS } from '../../support/temporary-message-store.ts'

const LAST_SECOND = 9
const TWO_TOPICS = TOPICS.slice(1, 3)
/** One of each second and topic, and one more: every message that there is. */
const MESSAGES = Array.from({ length: 3 * (LAST_SECOND + 1) }, (_, n) =>
  messageAt(n % (LAST_SECOND + 1), `message ${n}`, TWO_TOPICS[n % 2]),
)

const second = fc.nat(LAST_SECOND + 1)
const someMessages = fc.subarray(MESSAGES)
const archives = fc
  .array(fc.tuple(second, second, fc.subarray(TWO_TOPICS, { minLength: 1 }), someMessages), {
    minLength: 1,
    maxLength: 5,
  })
  .map((drawn) =>
    drawn.map(([one, other, topics, messages], n) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)]
      const own = messages.filter(
        (each) => each.timestamp >= from && each.timestamp < to && topics.includes(each.topic),
      )
      return sampleArchive(n, [from, to], own, topics)
    }),
  )

type Step = 'RECORD' | 'IMPORT' | 'IMPORT_OF_A_PART' | 'UNDO' | 'BREAK_OFF' | 'REOPEN'
const step = fc.record({
  type: fc.constantFrom<Step>('RECORD', 'IMPORT', 'IMPORT', 'IMPORT_OF_A_PART', 'UNDO', 'BREAK_OFF', 'REOPEN'),
  archive: fc.nat(),
  /** Some messages to record, or archives that the index does not name this time. */
  messages: someMessages,
  left: fc.array(fc.nat(4), { maxLength: 2 }),
})
type Drawn = typeof step extends fc.Arbitrary<infer One> ? One : never

describe('a history that is imported', () => {
  test('is what a list in memory says, whatever overlaps, in whichever order, with breaks and undone imports', async () => {
    const { file, ...opened } = openTemporaryStore(createTemporaryFolder())
    const play = new Play(file, opened.store)
    onTestFinished(async () => play.close())
    await fc.assert(
      fc.asyncProperty(archives, fc.array(step, { minLength: 2, maxLength: 5 }), async (all, steps) => {
        play.beginCommunity(all)
        for (const each of steps) await play.take(each)
      }),
      { numRuns: 100 },
    )
    play.expectTotals()
  })
})

/** Steps on the store and in the model, one community after the other. */
class Play {
  readonly #file: string
  #store: MessageStore
  #communities = 0
  #imports = 0
  #all: readonly SampleArchive[] = []
  #model = new CanonicalModel()
  #written = new Set<string>()

  constructor(file: string, store: MessageStore) {
    this.#file = file
    this.#store = store
  }

  beginCommunity(all: readonly SampleArchive[]): void {
    this.#communities += 1
    this.#all = all
    this.#model = new CanonicalModel()
    this.#written = new Set()
  }

  async take(drawn: Drawn): Promise<void> {
    const archive = this.#all[drawn.archive % this.#all.length]
    if (archive === undefined) return
    if (drawn.type === 'RECORD') await this.#record(drawn)
    else if (drawn.type === 'UNDO') await this.#undo()
    else if (drawn.type === 'REOPEN') await this.#reopen()
    else await this.#import(drawn, archive)
    this.#expectAsModel()
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  get #community(): CommunityId {
    return `0x${this.#communities.toString(16).padStart(64, '0')}` as CommunityId
  }

  async #record({ messages }: Drawn): Promise<void> {
    const { recorded } = await this.#store.record(this.#community, messages)
    expect(recorded).toBe(this.#model.add(messages))
  }

  async #undo(): Promise<void> {
    const undone = await this.#store.imports.undo(this.#community, importIdOf(this.#imports))
    expect(undone).toBe(this.#model.undo())
  }

  async #reopen(): Promise<void> {
    await this.#store.close()
    this.#store = openMessageStore(this.#file)
  }

  async #import({ type, left }: Drawn, archive: SampleArchive): Promise<void> {
    const index = this.#all.filter((each, n) => each === archive || !left.includes(n))
    const preview = await this.#store.imports.preview({
      ...{ communityId: this.#community, index },
      archives: [{ archiveId: archive.id, messages: archive.messages }],
    })
    this.#imports += 1
    const importId = importIdOf(this.#imports)
    await this.#store.imports.begin(this.#community, importId)
    this.#model.begin()
    if (type === 'IMPORT_OF_A_PART') return this.#writePart(archive)
    const result = await writeArchive(this.#store, importId, archive, this.#community)
    const wasImported = this.#model.imported.has(archive.id)
    const added = this.#model.add(archive.messages)
    // What an import that broke off has brought counts as added once the archive is whole.
    if (!this.#written.has(archive.id) || wasImported) expect(result).toMatchObject({ added, kept: preview.kept })
    this.#written.delete(archive.id)
    const gone = this.#model.finish(archive, index, this.#all)
    // Broken off, all of it is written, and what has to go is still there.
    if (type === 'BREAK_OFF') await this.#reopen()
    const canonicalise = async (): Promise<number> =>
      this.#store.imports.canonicalise(this.#community, importId, archive.id, index)
    expect([await canonicalise(), await canonicalise()]).toEqual([gone, gone])
    expect(preview).toMatchObject({ added, removed: gone })
  }

  async #writePart({ id, messages }: SampleArchive): Promise<void> {
    const part = messages.slice(1)
    await this.#store.imports.openArchive(this.#community, importIdOf(this.#imports), id).write(part)
    await this.#reopen()
    this.#written.add(id)
    this.#model.add(this.#model.imported.has(id) ? [] : part)
  }

  #expectAsModel(): void {
    const names = readAll(this.#store, { communityId: this.#community }).map(({ thirdPartyId }) => thirdPartyId)
    expect(names.toSorted()).toEqual([...this.#model.messages.keys()].toSorted())
    expect(this.#store.imports.importedArchives(this.#community)).toEqual(this.#model.imported)
  }

  /** Expects the totals of topics and days to be what a count gives. */
  expectTotals(): void {
    const db = new Database(this.#file, { readonly: true })
    const rows = (sql: string): unknown[] => db.prepare(sql).all()
    expect(rows('select * from topics')).toEqual(
      rows(`select community, topic, count(*) as messages, sum(bytes) as bytes, min(sent_at) as oldest_at
            from messages group by community, topic order by community, topic`),
    )
    expect(rows('select * from days')).toEqual(
      rows(`select community, sent_at / 86400 as day, count(*) as messages, sum(bytes) as bytes
            from messages group by community, day order by community, day`),
    )
    db.close()
  }
}
