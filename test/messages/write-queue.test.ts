import { expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { openForReading, openForWriting } from '../../src/messages/message-database.ts'
import { createMessageWriter } from '../../src/messages/message-writer.ts'
import { createWriteQueue, type Steps, type WriteQueue } from '../../src/messages/write-queue.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** Longer than a turn. */
const LONG_MS = 6

interface Communities {
  readonly queue: WriteQueue
  /** Gives a community its number, and is busy for longer than a turn afterwards, some times. */
  add(name: string, times?: number): Steps<string>
  /** Those that are on the disk. */
  committed(): readonly unknown[]
}

function open(): Communities {
  const file = `${createTemporaryFolder()}/messages.db`
  const db = openForWriting(file)
  const { transaction, numberOf } = createMessageWriter(db)
  const reader = openForReading(file)
  onTestFinished(() => [db, reader].forEach((each) => each.close()))
  return {
    queue: createWriteQueue(transaction),
    *add(name, times = 0) {
      numberOf(name as CommunityId)
      for (let time = 0; time < times; time += 1) {
        const since = performance.now()
        while (performance.now() - since < LONG_MS);
        yield 0
      }
      return name
    },
    committed: () => reader.prepare('select id from communities order by number').pluck().all(),
  }
}

test('work that is done is committed at once, along with what long work has written by then', async () => {
  const { queue, add, committed } = open()
  const long = queue.run('add long', add('long', 20))
  expect(await queue.run('add short', add('short'))).toBe('short')
  expect(committed()).toEqual(['long', 'short'])
  expect(await Promise.race([long, Promise.resolve('under way')])).toBe('under way')
  expect(await long).toBe('long')
})

test('long work is committed now and then, also where nothing else is done', async () => {
  const { queue, add, committed } = open()
  let ended = false
  const long = queue.run('add long', add('long', 20)).finally(() => (ended = true))
  while (committed().length === 0) await new Promise(setImmediate)
  expect(ended).toBe(false)
  await long
})

test('a failure takes with it all whose steps were in its transaction, over several turns, and nobody else', async () => {
  const { queue, add, committed } = open()
  function* failing(): Steps<void> {
    yield 0
    throw new Error('broken')
  }
  // Where the machine stands still for long between the two, the first is committed before the second fails.
  for (let n = 0; !committed().includes('after'); n += 1) {
    const work = [queue.run('add long', add(`long ${n}`, 3)), queue.run('fail', failing())]
    const [long, failed] = await Promise.allSettled(work)
    expect(failed).toMatchObject({ reason: { message: 'Cannot fail: broken' } })
    if (long?.status === 'fulfilled') continue
    expect(long).toMatchObject({ reason: { message: 'Cannot add long: broken' } })
    expect(committed()).not.toContain(`long ${n}`)
    await queue.run('add after', add('after'))
  }
})

test('closing waits for work that is under way, and commits it', async () => {
  const { queue, add, committed } = open()
  const long = queue.run('add long', add('long', 3))
  await queue.close()
  expect(committed()).toEqual(['long'])
  expect(await long).toBe('long')
  await expect(queue.run('add more', add('more'))).rejects.toThrow('Cannot add more: the store is closed')
})
