import { expect, test } from 'vitest'
import { openReactingNode } from '../support/reacting-node.ts'
import { createSeedingClientInMemory, type SeedingClientInMemory } from '../support/seeding-client-in-memory.ts'
import { addCommunity, communityNumber, createArchive } from '../support/sample-wishes.ts'

/** Far more looks than there is reason for; a reactor that looks on and on never lets the test have its turn. */
const MOST_LOOKS = 100

/** A client that says so when it is looked at without an end. */
function createCountingClient(): SeedingClientInMemory {
  const client = createSeedingClientInMemory()
  let looks = 0
  return {
    ...client,
    active() {
      looks += 1
      if (looks > MOST_LOOKS) throw new Error(`Looked at ${looks} times`)
      return client.active()
    },
  }
}

test.each([
  ['torrents that failed and wait', (client: SeedingClientInMemory) => client.failWith('TIMED_OUT')],
  ['torrents that wait for a client that is down', (client: SeedingClientInMemory) => client.die()],
])('%s do not keep the reactor looking for ever, however often it is woken', async (_, hinder) => {
  const client = createCountingClient()
  const node = await openReactingNode({ client })
  hinder(client)
  for (const n of [1, 2]) {
    await node.wish(addCommunity(communityNumber(n), { archiving: true }))
    await node.wish(createArchive(communityNumber(n), n))
  }
  for (let turns = 0; turns < 10; turns += 1) {
    node.reactors.wake()
    // Events come at any time: also in the middle of a look, and of the steps that it began.
    for (let microtasks = 0; microtasks < turns; microtasks += 1) await Promise.resolve()
    node.reactors.wake()
    await node.reactors.settled()
  }
  expect(node.faults).toEqual([])
})
