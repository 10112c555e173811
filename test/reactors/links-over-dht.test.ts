import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../src/domain/magnet.ts'
import { ok } from '../../src/domain/result.ts'
import { signedBytesOf } from '../../src/formats/info-hash-item.ts'
import { openKeyStore } from '../../src/identity/key-store.ts'
import type { ItemTable } from '../../src/reactors/item-table.ts'
import { createLookingUpReactor, type LookedUpLink } from '../../src/reactors/looking-up-reactor.ts'
import type { MemberCommunity } from '../../src/reactors/plan-passing-on.ts'
import { createPublishingReactor } from '../../src/reactors/publishing-reactor.ts'
import type { RoundsReactor } from '../../src/reactors/rounds-reactor.ts'
import { createInfoHashItems } from '../../src/torrents/dht/info-hash-items.ts'
import { createMovableClock } from '../support/movable-clock.ts'
import { startDhtNode } from '../support/loopback-dht.ts'
import { infoHashNumber } from '../support/signing-community.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const surroundings = {
  wallClock: createMovableClock(),
  random: () => 1,
  onFault: (fault: unknown) => expect.unreachable(String(fault)),
}

/** The table as a node that joins through the first one sees it. */
async function joinTable(first: string): Promise<ItemTable> {
  const items = createInfoHashItems((await startDhtNode(first)).node)
  return {
    putItem: async ({ publicKey, ...item }) => items.put(publicKey, item),
    getItem: async (publicKey) => items.get(publicKey),
  }
}

async function lookOnce(reactor: RoundsReactor): Promise<void> {
  onTestFinished(async () => reactor.stop())
  reactor.wake()
  await reactor.settled()
}

test('a member learns of a dispatch by the community’s id alone, signed with the key that only the control node has', async () => {
  const first = await startDhtNode()
  const keys = await openKeyStore(join(createTemporaryFolder(), 'keys'))
  const communityId = await keys.createCommunity()
  const torrent = { seq: 1_800_000_000_000 as Clock, infoHash: infoHashNumber(1) }
  const publishing = createPublishingReactor({
    ...surroundings,
    readDispatched: async () => [{ communityId, ...torrent }],
    async sign(id, item) {
      const signed = await keys.sign(id, signedBytesOf(item))
      return signed.ok ? ok(signed.value.signature) : signed
    },
    table: await joinTable(first.address),
  })
  await lookOnce(publishing)
  expect(publishing.lastRounds().get(communityId)).toMatchObject({ code: null })

  let known: MemberCommunity = { communityId, clock: null, item: null }
  const learnt: LookedUpLink[] = []
  const lookingUp = createLookingUpReactor({
    ...surroundings,
    readMemberships: async () => [known],
    table: await joinTable(first.address),
    async submit(link) {
      learnt.push(link)
      known = { communityId, clock: link.clock, item: { ...torrent, signature: link.signature } }
      return ok(null)
    },
  })
  await lookOnce(lookingUp)
  expect(learnt).toMatchObject([{ communityId, clock: torrent.seq, infoHash: torrent.infoHash }])
  surroundings.wallClock.advanceBy(3_600_000)
  await lookingUp.settled()
  expect(lookingUp.lastRounds().get(communityId)).toMatchObject({ code: null, at: surroundings.wallClock.now() })
  expect(learnt).toHaveLength(1)
})
