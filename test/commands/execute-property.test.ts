import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CommandMeta } from '../../src/commands/command-meta.ts'
import type { Command } from '../../src/domain/commands.ts'
import { openNode, type OpenNode } from '../support/open-node.ts'
import { addCommunity, changeTopics, communityNumber, metaOf, metaWithKey } from '../support/sample-wishes.ts'
import { createSequentialExecutor } from '../support/sequential-executor.ts'

const PLAIN = ['LeaveCommunity', 'EnableArchiving', 'DisableArchiving', 'RequestSeeding', 'WithdrawSeeding'] as const
type Plain = (typeof PLAIN)[number]

const communityId = fc.nat(2).map(communityNumber)

const command: fc.Arbitrary<Command> = fc.oneof(
  fc
    .record({ communityId, role: fc.constantFrom('CONTROL_NODE', 'MEMBER'), archiving: fc.boolean() })
    .map(({ communityId: id, ...fields }) => addCommunity(id, fields)),
  fc
    .record({ communityId, topics: fc.array(fc.nat(2), { maxLength: 3 }) })
    .map(({ communityId: id, topics }) => changeTopics(id, ...topics)),
  fc
    .record({ communityId, type: fc.constantFrom<Plain[]>(...PLAIN) })
    .map(({ communityId: id, type }): Command => ({ type, communityId: id })),
  fc.constantFrom<Command>({ type: 'EnableProtocol' }, { type: 'DisableProtocol' }),
  fc.boolean().map((online): Command => ({ type: 'SetOnline', online })),
)

/** A wish, sent with one of few keys or with none. */
const wish: fc.Arbitrary<{ command: Command; meta: CommandMeta }> = fc
  .record({ command, key: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 3 }), input: fc.nat(1) })
  .map((sent) => ({ command: sent.command, meta: sent.key === null ? metaOf() : metaWithKey(sent.key, sent.input) }))

/** Wishes that are sent together, then more. */
const batches = fc.array(fc.array(wish, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 5 })

interface Wish {
  readonly command: Command
  readonly meta: CommandMeta
}

/** Sends a batch at once, and compares each answer, as it comes, with that of the model. */
async function sendAndCompare(
  node: OpenNode,
  batch: readonly Wish[],
  model: ReturnType<typeof createSequentialExecutor>,
) {
  await Promise.all(
    batch.map(async ({ command: sent, meta }) => {
      const answer = await node.execute(sent, meta)
      const expected = model.execute(sent, meta)
      expect(answer).toMatchObject(expected)
    }),
  )
}

test('commands sent together come to what they come to one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.boolean(), async (sent, isReopened) => {
      const model = createSequentialExecutor()
      let node = openNode()
      for (const batch of sent) {
        await sendAndCompare(node, batch, model)
        if (!isReopened) continue
        await node.close()
        node = openNode({ folder: node.folder })
      }
      expect(await node.facts()).toEqual(model.facts)
      expect(await node.log.verify()).toBe(null)
      await node.close()
    }),
    { numRuns: 40 },
  )
})
