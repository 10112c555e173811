import { describe, expect, test } from 'vitest'
import { answerOnce, createEarlierAnswerFinder } from '../../src/commands/earlier-answer.ts'
import { err, ok } from '../../src/domain/result.ts'
import { openNode } from '../support/open-node.ts'
import { addCommunity, communityNumber, metaOf, metaWithKey } from '../support/sample-wishes.ts'

const COMMUNITY = communityNumber(1)

describe('the earlier answer', () => {
  test('is none for a wish without a key, or with a new one', async () => {
    const node = openNode()
    await node.execute(addCommunity(COMMUNITY), metaOf())
    const find = createEarlierAnswerFinder(node.log)
    expect(await find('AddCommunity', metaOf())).toBe(null)
    expect(await find('AddCommunity', metaWithKey('k'))).toBe(null)
  })

  test('is what the wish was answered, for its actor alone', async () => {
    const node = openNode()
    const meta = metaWithKey('k', { communityId: null })
    const answer = await node.execute(addCommunity(COMMUNITY), meta)
    const find = createEarlierAnswerFinder(node.log)
    expect(await find('AddCommunity', meta)).toEqual(answer)
    expect(await find('AddCommunity', { ...meta, actor: 'cli' })).toBe(null)
  })

  test.each([
    ['command', 'CreateArchive', 1],
    ['input', 'AddCommunity', 2],
  ])('is a refusal for another %s', async (_what, commandType, input) => {
    const node = openNode()
    await node.execute(addCommunity(COMMUNITY), metaWithKey('k', 1))
    const answer = await createEarlierAnswerFinder(node.log)(commandType, metaWithKey('k', input))
    expect(answer).toEqual({ ok: false, error: { type: 'IdempotencyKeyReused', key: 'k' } })
  })
})

describe('work outside the log', () => {
  test('is done once for a key, also in the next process', async () => {
    const before = openNode()
    expect(await answerOnce(before.log, 'Work', metaWithKey('k'), async () => ok({ done: 1 }))).toEqual(ok({ done: 1 }))
    await before.close()
    const node = openNode({ folder: before.folder })
    const again = await answerOnce(node.log, 'Work', metaWithKey('k'), async () => expect.unreachable())
    expect(again).toEqual(ok({ done: 1 }))
    expect(node.log.head()).toBe(0)
  })

  test('is done each time without a key', async () => {
    const { log } = openNode()
    const meta = metaOf()
    expect(await answerOnce(log, 'Work', meta, async () => ok(1))).toEqual(ok(1))
    expect(await answerOnce(log, 'Work', meta, async () => ok(2))).toEqual(ok(2))
  })

  test('that was refused can be asked for again', async () => {
    const { log } = openNode()
    const meta = metaWithKey('k')
    expect(await answerOnce(log, 'Work', meta, async () => err('no'))).toEqual(err('no'))
    expect(await answerOnce(log, 'Work', meta, async () => ok('yes'))).toEqual(ok('yes'))
  })

  test('that failed can be asked for again', async () => {
    const { log } = openNode()
    const meta = metaWithKey('k')
    const failing = answerOnce(log, 'Work', meta, async () => {
      throw new Error('made by a test')
    })
    await expect(failing).rejects.toThrow('made by a test')
    expect(await answerOnce(log, 'Work', meta, async () => ok('yes'))).toEqual(ok('yes'))
  })

  test('is refused under the key of another wish, of this kind or of a command', async () => {
    const node = openNode()
    await answerOnce(node.log, 'Work', metaWithKey('a', 1), async () => ok(1))
    await node.execute(addCommunity(COMMUNITY), metaWithKey('b', 1))
    const unreachable = async (): Promise<never> => expect.unreachable()
    const other = await answerOnce(node.log, 'Work', metaWithKey('a', 2), unreachable)
    expect(other).toEqual(err({ type: 'IdempotencyKeyReused', key: 'a' }))
    const command = await answerOnce(node.log, 'Work', metaWithKey('b', 1), unreachable)
    expect(command).toEqual(err({ type: 'IdempotencyKeyReused', key: 'b' }))
  })

  test('that was sent twice at once has one answer', async () => {
    const { log } = openNode()
    const both = Promise.withResolvers<void>()
    let begun = 0
    const work = async () => {
      begun += 1
      const mine = begun
      if (begun === 2) both.resolve()
      await both.promise
      return ok(mine)
    }
    const [one, other] = await Promise.all([
      answerOnce(log, 'Work', metaWithKey('k'), work),
      answerOnce(log, 'Work', metaWithKey('k'), work),
    ])
    expect(begun).toBe(2)
    expect(one).toEqual(other)
  })

  test('that was sent at once with another wish under its key is refused to the later', async () => {
    const { log } = openNode()
    const answers = await Promise.all(
      [1, 2].map(async (input) => answerOnce(log, 'Work', metaWithKey('k', input), async () => ok(input))),
    )
    expect(answers).toEqual([ok(1), err({ type: 'IdempotencyKeyReused', key: 'k' })])
  })
})
