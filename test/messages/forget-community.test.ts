import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { openMessageStore } from '../../src/messages/message-store.ts'
import { sampleMessage } from '../support/sample-message.ts'
import { communityNumber } from '../support/sample-wishes.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const MARKS = ['secret of one', 'secret of two', 'open to all']

/** The marks that are in any file of a folder. */
function marksIn(folder: string): readonly string[] {
  const files = globSync(join(folder, '*')).map((path) => readFileSync(path))
  return MARKS.filter((mark) => files.some((bytes) => bytes.includes(mark)))
}

test('nothing of a forgotten community is left in any file, and nothing of the others is gone', async () => {
  const folder = createTemporaryFolder()
  const store = openMessageStore(join(folder, 'messages.db'))
  onTestFinished(store.close)
  const [one, two, kept] = [1, 2, 3].map(communityNumber) as [CommunityId, CommunityId, CommunityId]
  for (let part = 0; part < 60; part += 1) {
    const recorded = [one, two, kept].flatMap((communityId, which) => {
      const messages = [0, 1, 2, 3].map((number) => {
        // Of all lengths, so that pages are filled, split and joined, and some messages need pages of their own.
        const text = `${MARKS[which]} ${part}.${number} `.repeat(
          1 + ((part * 7 + number * 13 + which) % 40) * (number === 3 ? 12 : 1),
        )
        return sampleMessage({ payload: Buffer.from(text) })
      })
      return store.record(communityId, messages)
    })
    await Promise.all(recorded)
  }
  expect(marksIn(folder)).toEqual(MARKS)

  const first = store.forget(one)
  // Who records meanwhile waits, and is heard.
  const meanwhile = store.record(kept, [sampleMessage({ payload: Buffer.from('meanwhile') })])
  expect(await first).toBe(240)
  expect((await meanwhile).recorded).toBe(1)
  expect(marksIn(folder)).toEqual(MARKS.slice(1))
  expect(await store.forget(two)).toBe(240)
  expect(marksIn(folder)).toEqual(MARKS.slice(2))
  expect([one, two, kept].map((communityId) => store.countMessages(communityId))).toEqual([0, 0, 241])
  expect(await store.forget(one)).toBe(0)

  // Added again it begins with nothing, and takes no number that was given before.
  const before = store.newestSequence()
  expect((await store.record(one, [sampleMessage({ payload: Buffer.from('anew') })])).recorded).toBe(1)
  expect([store.countMessages(one), store.newestSequence()]).toEqual([1, before + 1])
})

test('what is recorded of the community while it is forgotten is kept, and costs nobody else a message', async () => {
  const store = openMessageStore(join(createTemporaryFolder(), 'messages.db'))
  onTestFinished(store.close)
  const [one, other] = [communityNumber(1), communityNumber(2)]
  await store.record(one, [sampleMessage({ payload: Buffer.from('before') })])
  const forgotten = store.forget(one)
  // Asked for while the messages are deleted, so that it waits for the file to be written anew.
  await setImmediate()
  while (store.countMessages(one) > 0) await setImmediate()
  const recorded = [one, other].map(async (id) =>
    store.record(id, [sampleMessage({ payload: Buffer.from('meanwhile') })]),
  )
  // So that the thread that writes the file anew ends while this one is busy.
  await setImmediate()
  await setImmediate()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
  await expect(forgotten).rejects.toThrow(/messages of it were recorded meanwhile/)
  expect((await Promise.all(recorded)).map((outcome) => outcome.recorded)).toEqual([1, 1])
  expect([one, other].map((id) => store.countMessages(id))).toEqual([1, 1])
  expect(await store.forget(one)).toBe(1)
})
