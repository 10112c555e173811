import { expect, test } from 'vitest'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { err, ok } from '../../src/domain/result.ts'
import { infoHash } from '../support/community-facts.ts'
import { openReactingNode, type ReactingNode } from '../support/reacting-node.ts'
import { addCommunity, createArchive, metaOf } from '../support/sample-wishes.ts'
import { createSeedingClientInMemory } from '../support/seeding-client-in-memory.ts'

async function* dispatchesOf({ log }: ReactingNode): AsyncGenerator<InfoHash> {
  for await (const { event } of log.tail(log.head(), new AbortController().signal)) {
    if (event.type === 'MagnetlinkDispatched') yield event.data.infoHash
  }
}

test('what is recorded as served is dispatched only when this process serves it too', async () => {
  const before = await openReactingNode({
    keys: (keys) => ({ ...keys, sign: async () => err({ type: 'SigningKeyMissing' }) }),
  })
  await before.addArchived()
  expect(await before.story()).toEqual(['SeedingStarted 1'])
  await before.close()

  const served = Promise.withResolvers<void>()
  const client = createSeedingClientInMemory()
  client.answerWith(async (name) => {
    if (name === infoHash(1)) await served.promise
    return ok(null)
  })
  const node = await openReactingNode({ folder: before.folder, client })
  const dispatches = dispatchesOf(node)
  const other = await node.keys.createCommunity()
  await node.execute(addCommunity(other, { archiving: true }), metaOf())
  await node.execute(createArchive(other, 2), metaOf())
  expect((await dispatches.next()).value).toBe(infoHash(2))
  served.resolve()
  expect((await dispatches.next()).value).toBe(infoHash(1))
})
