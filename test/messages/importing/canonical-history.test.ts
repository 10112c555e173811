import fc from 'fast-check'
import { onTestFinished, test } from 'vitest'
import { ImportPlay, type ImportStep } from '../../support/import-play.ts'
import { messageAt, sampleArchive } from '../../support/sample-archive.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { openTemporaryStore, TOPICS } from '../../support/temporary-message-store.ts'

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

const step: fc.Arbitrary<ImportStep> = fc.record({
  type: fc.constantFrom('RECORD', 'IMPORT', 'IMPORT', 'IMPORT_OF_A_PART', 'IMPORT_BROKEN_OFF', 'UNDO'),
  archive: fc.nat(),
  messages: someMessages,
  left: fc.array(fc.nat(3), { maxLength: 2 }),
})

test('imported history is as in memory, whatever overlaps, in any order, with breaks and undone imports', async () => {
  const { file, store } = openTemporaryStore(createTemporaryFolder())
  const play = new ImportPlay(file, store)
  onTestFinished(async () => play.close())
  await fc.assert(
    fc.asyncProperty(archives, fc.array(step, { minLength: 3, maxLength: 6 }), async (all, steps) => {
      play.beginCommunity(all)
      for (const each of steps) await play.take(each)
    }),
    { numRuns: 100 },
  )
  play.expectTotals()
})
