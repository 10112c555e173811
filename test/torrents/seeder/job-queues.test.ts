import { expect, test } from 'vitest'
import { createJobQueues } from '../../../src/torrents/seeder/job-queues.ts'
import { createJobSlots } from '../../../src/torrents/seeder/job-slots.ts'

test('jobs of one key run in the order they came, also after one that failed; others do not wait for them', async () => {
  const jobs = createJobQueues()
  const log: string[] = []
  const held = Promise.withResolvers<void>()
  const job = (name: string) => async (): Promise<void> => void log.push(name)
  const failing = jobs.run('a', () => held.promise)
  const after = ['a1', 'a2'].map((name) => jobs.run('a', job(name)))
  await jobs.run('b', job('b1'))
  expect(log).toEqual(['b1'])
  held.reject(new Error('a job failed'))
  await expect(failing).rejects.toThrow('a job failed')
  await Promise.all(after)
  expect(log).toEqual(['b1', 'a1', 'a2'])
})

test('no more jobs than there are slots run at once, and those that wait are told', async () => {
  const slots = createJobSlots(2)
  const held = [1, 2, 3].map(() => Promise.withResolvers<void>())
  const log: string[] = []
  const ended = held.map(async ({ promise }, each) =>
    slots.run(
      async () => {
        log.push(`${each} runs`)
        await promise
      },
      (isWaiting) => log.push(`${each} waits: ${isWaiting}`),
    ),
  )
  expect(log).toEqual(['0 runs', '1 runs', '2 waits: true'])
  held[1]?.reject(new Error('a job failed'))
  await expect(ended[1]).rejects.toThrow('a job failed')
  held[0]?.resolve()
  held[2]?.resolve()
  await Promise.all([ended[0], ended[2]])
  expect(log.slice(3)).toEqual(['2 waits: false', '2 runs'])
  await slots.run(
    async () => undefined,
    () => expect.fail(),
  )
})
