import Database from 'better-sqlite3'
import { expect } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { Message } from '../../src/domain/message.ts'
import type { TakenOver } from '../../src/messages/importing/message-imports.ts'
import { openMessageStore, type MessageStore } from '../../src/messages/message-store.ts'
import { CanonicalModel } from './canonical-model.ts'
import { importIdOf, type SampleArchive } from './sample-archive.ts'
import { readAll } from './temporary-message-store.ts'

/** What happens next to the messages of a member. */
export interface ImportStep {
  /** Of a part: the process ends while the archive is written. Broken off: it ends once all of it is. */
  readonly type: 'RECORD' | 'IMPORT' | 'IMPORT_OF_A_PART' | 'IMPORT_BROKEN_OFF' | 'UNDO'
  /** The number of the archive; those there are count from 0, again and again. */
  readonly archive: number
  /** What is recorded. */
  readonly messages: readonly Message[]
  /** Archives that the index does not name this time. */
  readonly left: readonly number[]
}

type Batches = Generator<readonly Message[], void>

/** Takes steps with a store and with a model of it, one community after the other, and expects both to agree. */
export class ImportPlay {
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

  async take(step: ImportStep): Promise<void> {
    const archive = this.#all[step.archive % this.#all.length]
    if (archive === undefined) return
    if (step.type === 'RECORD') await this.#record(step)
    else if (step.type === 'UNDO') await this.#undo()
    else await this.#import(step, archive)
    this.#expectAsModel()
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  get #community(): CommunityId {
    return `0x${this.#communities.toString(16).padStart(64, '0')}` as CommunityId
  }

  async #record({ messages }: ImportStep): Promise<void> {
    const { recorded } = await this.#store.record(this.#community, messages)
    expectSame(recorded, this.#model.add(messages))
  }

  async #undo(): Promise<void> {
    const undone = await this.#store.imports.undo(this.#community, importIdOf(this.#imports))
    expectSame(undone, this.#model.undo())
  }

  async #reopen(): Promise<void> {
    await this.#store.close()
    this.#store = openMessageStore(this.#file)
  }

  async #import({ type, left }: ImportStep, archive: SampleArchive): Promise<void> {
    const index = this.#all.filter((each, n) => each === archive || !left.includes(n))
    const preview = await this.#store.imports.preview({
      communityId: this.#community,
      index,
      archives: [{ archiveId: archive.id, messages: archive.messages }],
    })
    this.#imports += 1
    this.#model.begin(archive)
    if (type === 'IMPORT_OF_A_PART') {
      const part = archive.messages.slice(1)
      this.#model.add(part)
      this.#written.add(archive.id)
      return this.#breakOff(archive, index, [part, []])
    }
    const added = this.#model.add(archive.messages)
    const gone = this.#model.finish(archive, index, this.#all)
    expectSame([preview.added, preview.removed], [added, gone])
    // Broken off, all of it is written, and what has to go is still there.
    if (type === 'IMPORT_BROKEN_OFF') await this.#breakOff(archive, index, [archive.messages])
    const taken = await this.#takeOver(archive, index, [archive.messages])
    const [counts] = taken
    expectSame([counts?.messages, counts?.removed], [preview.added + preview.kept, gone])
    // What an import that broke off has brought counts as added once the archive is whole.
    if (!this.#written.delete(archive.id)) expectSame(counts?.added, added)
    expectSame(await this.#takeOver(archive, index, [archive.messages]), taken)
  }

  /** Ends the process once the first batch is written; where there are no others, before what has to go is removed. */
  async #breakOff(
    archive: SampleArchive,
    index: readonly SampleArchive[],
    batches: readonly (readonly Message[])[],
  ): Promise<void> {
    const stop = new AbortController()
    expectSame(await this.#takeOver(archive, index, stopping(batches, stop), stop.signal), [])
    await this.#reopen()
  }

  async #takeOver(
    { id }: SampleArchive,
    index: readonly SampleArchive[],
    batches: Iterable<readonly Message[]>,
    signal?: AbortSignal,
  ): Promise<readonly TakenOver[]> {
    const request = { communityId: this.#community, importId: importIdOf(this.#imports), index }
    return this.#store.imports.takeOver({ ...request, archives: [{ archiveId: id, batches }] }, signal)
  }

  #expectAsModel(): void {
    const names = readAll(this.#store, { communityId: this.#community }).map(({ thirdPartyId }) => thirdPartyId)
    expectSame(names.toSorted(), [...this.#model.messages.keys()].toSorted())
    expectSame(this.#store.imports.importedArchives(this.#community), this.#model.imported)
  }

  /** Expects the totals of topics and days to be what a count gives. */
  expectTotals(): void {
    const db = new Database(this.#file, { readonly: true })
    const rows = (sql: string): unknown[] => db.prepare(sql).all()
    expectSame(
      rows('select * from topics'),
      rows(`select community, topic, count(*) as messages, sum(bytes) as bytes, min(sent_at) as oldest_at
            from messages group by community, topic order by community, topic`),
    )
    expectSame(
      rows('select * from days'),
      rows(`select community, sent_at / 86400 as day, count(*) as messages, sum(bytes) as bytes
            from messages group by community, day order by community, day`),
    )
    db.close()
  }
}

/** Stops the work that writes these batches as soon as the first is written. */
function* stopping([first = [], ...rest]: readonly (readonly Message[])[], stop: AbortController): Batches {
  yield first
  stop.abort()
  yield* rest
}

function expectSame(found: unknown, wanted: unknown): void {
  expect(found).toEqual(wanted)
}
