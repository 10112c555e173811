import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { recordedMessages } from '../../../src/app/packing/recorded-messages.ts'
import { dataPathOf } from '../../../src/archives/archive-paths.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import type { PackedArchives } from '../../../src/archives/packing/packing-request.ts'
import type { ArchiveEntry } from '../../../src/domain/archive.ts'
import type { Message } from '../../../src/domain/message.ts'
import type { UnixSeconds } from '../../../src/domain/time.ts'
import type { MessageStore } from '../../../src/messages/message-store.ts'
import { messagesInArchive } from '../../support/messages-in-archive.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore, TOPICS } from '../../support/temporary-message-store.ts'
import { valueOf } from '../../support/value-of.ts'

const [FOREIGN, ...CONTENT_TOPICS] = TOPICS

const REQUEST = {
  communityId: COMMUNITY,
  contentTopics: CONTENT_TOPICS,
  partitionSeconds: 10,
  pieceBytes: 512,
  chunkBytes: 60,
}

/** Messages come in, or a run looks, this many seconds further than the one before, which can be none at all. */
type Act =
  | { readonly type: 'RECORD'; readonly sent: readonly (readonly [second: number, topic: number])[] }
  | { readonly type: 'RUN'; readonly seconds: number }

const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    type: fc.constant('RECORD' as const),
    sent: fc.array(fc.tuple(fc.nat(99), fc.nat(TOPICS.length - 1)), { maxLength: 12 }),
  }),
  fc.record({ type: fc.constant('RUN' as const), seconds: fc.nat(25) }),
)

/** A community whose runs follow each other as the decider has them. */
class Archiving {
  readonly archives: ArchiveEntry[] = []
  readonly recorded: Message[] = []
  archivedUpTo: UnixSeconds | null = null
  recordedUpTo = 0
  readonly #archivesDir = createTemporaryFolder()
  readonly #store: MessageStore
  #version: PackedArchives | null = null
  #data: Uint8Array = new Uint8Array(0)

  constructor(store: MessageStore) {
    this.#store = store
  }

  async record(sent: readonly (readonly [second: number, topic: number])[]): Promise<void> {
    const messages = sent.map(([second, topic], index) =>
      sampleMessage({
        timestamp: second as UnixSeconds,
        topic: TOPICS[topic] ?? sampleMessage().topic,
        payload: Buffer.from(`message ${this.recorded.length + index}`),
      }),
    )
    await this.#store.record(COMMUNITY, messages)
    this.recorded.push(...messages)
  }

  run(seconds: number): void {
    const from = this.archivedUpTo ?? this.#store.oldestMessageAt(COMMUNITY, CONTENT_TOPICS)
    if (from === null) return
    const to = (from + seconds) as UnixSeconds
    const on = { archivesDir: this.#archivesDir, previous: this.#version, trackers: [], createdAt: to }
    const request = { ...REQUEST, ...on, from, to }
    const recordedUpTo = this.#store.newestSequence()
    const source = recordedMessages(this.#store, { ...request, recordedAfter: this.recordedUpTo, recordedUpTo })
    const packed = valueOf(packArchives(request, source))
    this.archivedUpTo = to
    this.recordedUpTo = recordedUpTo
    if (packed !== null) this.#take(packed)
  }

  /** The numbers of the messages of an archive, all of which are within its range. */
  async messagesOf(archive: ArchiveEntry): Promise<readonly string[]> {
    const messages = await messagesInArchive(this.#dataPath(), archive, CONTENT_TOPICS)
    return messages.map(({ payload }) => Buffer.from(payload).toString())
  }

  #take(packed: PackedArchives): void {
    this.#version = packed
    this.archives.push(...packed.archives)
    const data = readFileSync(this.#dataPath())
    const isAppended = data.length === packed.dataBytes && data.subarray(0, this.#data.length).equals(this.#data)
    if (!isAppended) throw new Error(`data of ${packed.infoHash} does not go on where the one before ended`)
    this.#data = data
  }

  #dataPath(): string {
    return dataPathOf(this.#archivesDir, COMMUNITY, 1)
  }
}

test('whatever comes in when, each message is in one archive as soon as a run has looked beyond it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryAct, { maxLength: 14 }), async (acts) => {
      const { store } = openTemporaryStore(createTemporaryFolder())
      const archiving = new Archiving(store)
      for (const act of acts) {
        if (act.type === 'RECORD') await archiving.record(act.sent)
        else archiving.run(act.seconds)
      }
      const { archivedUpTo, recorded, recordedUpTo, archives } = archiving
      const expected = recorded
        .slice(0, recordedUpTo)
        .filter(({ timestamp, topic }) => topic !== FOREIGN && timestamp < (archivedUpTo ?? 0))
        .map(({ payload }) => Buffer.from(payload).toString())

      const found = (await Promise.all(archives.map(async (archive) => archiving.messagesOf(archive)))).flat()

      expect(found.toSorted()).toEqual(expected.toSorted())
      await store.close()
    }),
    { numRuns: 60 },
  )
})
