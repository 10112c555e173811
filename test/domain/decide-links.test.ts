import { describe, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { MAX_CLOCK_AHEAD_MS } from '../../src/domain/decide-links.ts'
import type { Clock, LinkProof } from '../../src/domain/magnet.ts'
import type { ReceiveMagnetlink } from '../../src/domain/member-commands.ts'
import type { LinkOrigin } from '../../src/domain/member-events.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import {
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
  magnetlinkDispatched,
  ready,
  served,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'
import {
  linkOf,
  magnetlinkReceived,
  member,
  nodeFollowed,
  nodeKeyPinned,
  nodeUnfollowed,
  PROOF,
  URL_A,
  URL_B,
} from '../support/member-facts.ts'

const communityId = COMMUNITY
const foreign = `0x02${'d1'.repeat(32)}` as CommunityId
const now = 1000 as UnixMillis
const leaveAndBack = [communityLeft, communityAdded('MEMBER')]

/** Link n, told by an operator. */
function receive(n: number, clock = n, trackers: readonly string[] = []): ReceiveMagnetlink {
  const link = linkOf(n, clock, trackers)
  return { type: 'ReceiveMagnetlink', communityId, ...link, origin: { type: 'SUBMITTED' }, proof: PROOF, now }
}
const fromA: LinkOrigin = { type: 'FOLLOWED', url: URL_A, cursor: 'log:1' }
const key: LinkProof = { publicKey: 'e5'.repeat(32), signature: 'f6'.repeat(64), signedTextSha256: null }
const otherKey: LinkProof = { ...key, publicKey: 'ab'.repeat(32) }

describe('ReceiveMagnetlink, by its clock (rule 4)', () => {
  test('believes the first, and one with a higher clock', () => {
    given(member).when(receive(1)).then(magnetlinkReceived(1))
    given(member, magnetlinkReceived(1)).when(receive(2)).then(magnetlinkReceived(2))
  })

  test.each([
    { name: 'an older clock', command: receive(1, 4) },
    { name: 'an older clock of the same torrent', command: receive(2, 4) },
    { name: 'the same link again', command: receive(2, 5, ['wss://t.example']) },
    { name: 'the same link with a higher clock', command: receive(2, 6, ['wss://t.example']) },
    { name: 'the same clock and torrent with another tracker', command: receive(2, 5, ['wss://other.example']) },
  ])('changes nothing for $name', ({ command }) => {
    given(member, magnetlinkReceived(2, 5, ['wss://t.example']))
      .when(command)
      .then()
  })

  test('believes the very link with trackers, once, where the one that is known names none, as that of the table', () => {
    const { data } = magnetlinkReceived(2, 5)
    const ofTable = { ...magnetlinkReceived(2, 5), data: { ...data, origin: { type: 'DHT' } } } as const
    const withTrackers = magnetlinkReceived(2, 5, ['wss://t.example'])
    const [same, other] = [receive(2, 5, ['wss://t.example']), receive(2, 5, ['wss://other.example'])]
    given(member, ofTable).when(same).then(withTrackers)
    given(member, ofTable, withTrackers).when(other).then()
    given(member, ofTable, withTrackers).when(receive(2, 5)).then()
  })

  test('believes a newer link to the same torrent with another tracker', () => {
    const trackers = ['wss://t.example']
    given(member, magnetlinkReceived(2, 5))
      .when(receive(2, 6, trackers))
      .then(magnetlinkReceived(2, 6, trackers))
  })

  test('refuses another torrent with the same clock', () => {
    given(member, magnetlinkReceived(2, 5))
      .when(receive(3, 5))
      .thenRefused({ type: 'ClockConflict', clock: 5 as Clock })
  })

  test('refuses more than a day ahead, and takes a day', () => {
    const most = now + MAX_CLOCK_AHEAD_MS
    given(member).when(receive(1, most)).then(magnetlinkReceived(1, most))
    given(member)
      .when(receive(1, most + 1))
      .thenRefused({ type: 'ClockAhead', now })
  })

  test('keeps the floor of the clock over a leave', () => {
    const past = [member, magnetlinkReceived(2, 5), leaveAndBack]
    given(...past)
      .when(receive(3, 4))
      .then()
    given(...past)
      .when(receive(3, 5))
      .thenRefused('ClockConflict')
  })

  test('keeps the floor over changes of role: what was dispatched here is the newest link', () => {
    const dispatched = magnetlinkDispatched(1, 500)
    const past = [ready, served(1), dispatched, communityLeft, communityAdded('MEMBER')].flat()
    given(past).when(receive(3, 499)).then()
    given(past).when(receive(1, 501)).then()
    given(past).when(receive(3, 500)).thenRefused('ClockConflict')
    given(past).when(receive(3, 501)).then(magnetlinkReceived(3, 501))
  })

  test('keeps it the other way round: no control node dispatches below what it believed as a member', () => {
    const believed = [member, magnetlinkReceived(3, 900), communityLeft, communityAdded(), archivingEnabled]
    const { data } = magnetlinkDispatched(1, 900)
    given(...believed.flat(), ...served(1))
      .when({ type: 'DispatchMagnetlink', communityId, ...data, occasion: 'FIRST' })
      .thenRefused({ type: 'ClockNotHigher', last: 900 as Clock })
  })

  test('is refused to a control node, after a leave, and for an unknown community', () => {
    given(ready).when(receive(1)).thenRefused('NotMember')
    given(member, communityLeft).when(receive(1)).thenRefused('CommunityWasLeft')
    given().when(receive(1)).thenRefused('CommunityNotFound')
  })
})

describe('ReceiveMagnetlink, by its signer', () => {
  test.each([{ origin: { type: 'SUBMITTED' } }, { origin: { type: 'DHT' } }, { origin: fromA }] as const)(
    'a native community’s id is the key that signs: $origin.type',
    ({ origin }) => {
      const expected = magnetlinkReceived(1)
      const following = [member, nodeFollowed(URL_A)].flat()
      const command = { ...receive(1), origin }
      given(following)
        .when(command)
        .then({ ...expected, data: { ...expected.data, origin } })
      given(following)
        .when({ ...command, proof: key })
        .thenRefused({ type: 'SignerUnknown', expectedKey: PROOF.publicKey })
      given(following)
        .when({ ...command, proof: null })
        .thenRefused('SignatureMissing')
    },
  )

  test('an operator vouches for a link of a foreign community; nobody else can without a signature', () => {
    const command = { ...receive(1), communityId: foreign, proof: null }
    const { data } = magnetlinkReceived(1)
    const facts = [member, nodeFollowed(URL_A)].flat()
    given(facts)
      .when(command)
      .then({ type: 'MagnetlinkReceived', communityId: foreign, data: { ...data, proof: null } })
    given(facts)
      .when({ ...command, origin: fromA })
      .thenRefused('SignatureMissing')
    given(facts)
      .when({ ...command, origin: { type: 'DHT' }, proof: key })
      .thenRefused('SignatureMissing')
  })

  test('the first key that a followed node signs with is pinned, and from then on it alone may', () => {
    const command = { ...receive(1), communityId: foreign, origin: fromA, proof: key }
    const { data } = magnetlinkReceived(1)
    const received = { ...magnetlinkReceived(1), communityId: foreign, data: { ...data, origin: fromA, proof: key } }
    const pinned = { ...nodeKeyPinned(URL_A, key.publicKey), communityId: foreign }
    given(member, nodeFollowed(URL_A)).when(command).then(pinned, received)
    given(member, nodeFollowed(URL_A), pinned).when(command).then(received)
    given(member, nodeFollowed(URL_A), pinned)
      .when({ ...command, proof: otherKey })
      .thenRefused({ type: 'SignerUnknown', expectedKey: key.publicKey })
    given(member, nodeFollowed(URL_A, otherKey.publicKey))
      .when(command)
      .thenRefused({ type: 'SignerUnknown', expectedKey: otherKey.publicKey })
  })

  test('an old link pins the key too; a clock that is refused pins none', () => {
    const command = { ...receive(1), communityId: foreign, origin: fromA, proof: key }
    given(member, magnetlinkReceived(2, 5), nodeFollowed(URL_A))
      .when(command)
      .then({ ...nodeKeyPinned(URL_A, key.publicKey), communityId: foreign })
    given(member, magnetlinkReceived(2, 5), nodeFollowed(URL_A))
      .when({ ...command, clock: 5 as Clock })
      .thenRefused('ClockConflict')
  })

  test('who signed is looked at before the clock: a stranger is told of as one', () => {
    given(member, magnetlinkReceived(2, 5))
      .when({ ...receive(3, 5), proof: key })
      .thenRefused('SignerUnknown')
  })

  test('nothing is taken from a node that is not followed, or no longer', () => {
    const command = { ...receive(1), origin: fromA }
    given(member, nodeFollowed(URL_B)).when(command).thenRefused('NodeNotFollowed')
    given(member, nodeFollowed(URL_A), nodeUnfollowed(URL_A)).when(command).thenRefused('NodeNotFollowed')
  })
})
