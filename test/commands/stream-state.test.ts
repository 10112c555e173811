import { describe, expect, test } from 'vitest'
import { decide, emptyStream, evolve, streamOfCommand } from '../../src/commands/stream-state.ts'
import { communityStream, NODE_STREAM } from '../../src/events/recorded-event.ts'
import { COMMUNITY, communityAdded } from '../support/community-facts.ts'
import { addCommunity } from '../support/sample-wishes.ts'

const STREAM = communityStream(COMMUNITY)

describe('the state of a stream', () => {
  test('begins at version 0, by the kind of the stream', () => {
    expect(emptyStream(STREAM)).toEqual({ kind: 'COMMUNITY', version: 0, state: { status: 'UNKNOWN' } })
    expect(emptyStream(NODE_STREAM)).toMatchObject({ kind: 'NODE', version: 0, state: { protocol: 'ENABLED' } })
  })

  test('counts its events', () => {
    const added = evolve(emptyStream(STREAM), communityAdded())
    expect(added).toMatchObject({ kind: 'COMMUNITY', version: 1, state: { status: 'ADDED' } })
    const off = evolve(emptyStream(NODE_STREAM), { type: 'ProtocolDisabled', data: {} })
    expect(off).toMatchObject({ kind: 'NODE', version: 1, state: { protocol: 'DISABLED' } })
  })

  test('is that of the stream which the command is about', () => {
    expect(streamOfCommand(addCommunity(COMMUNITY))).toBe(STREAM)
    expect(streamOfCommand({ type: 'DisableProtocol' })).toBe(NODE_STREAM)
  })

  test('is what a command is decided on', () => {
    const wish = addCommunity(COMMUNITY)
    expect(decide(wish, emptyStream(STREAM))).toMatchObject({ ok: true, value: [{ type: 'CommunityAdded' }, {}] })
    expect(decide({ type: 'EnableProtocol' }, emptyStream(NODE_STREAM))).toEqual({ ok: true, value: [] })
  })

  test('takes no command and no event of another kind of stream', () => {
    expect(() => decide(addCommunity(COMMUNITY), emptyStream(NODE_STREAM))).toThrow(
      'Cannot decide AddCommunity on the state of a NODE stream',
    )
    expect(() => decide({ type: 'EnableProtocol' }, emptyStream(STREAM))).toThrow('COMMUNITY stream')
    expect(() => evolve(emptyStream(STREAM), { type: 'ProtocolEnabled', data: {} })).toThrow('ProtocolEnabled')
    expect(() => evolve(emptyStream(NODE_STREAM), communityAdded())).toThrow('CommunityAdded')
  })
})
