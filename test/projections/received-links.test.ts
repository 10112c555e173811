import { describe, expect, test } from 'vitest'
import { readReceivedLinks, readRefusedLinks } from '../../src/projections/received-links.ts'
import { COMMUNITY, magnetlinkDispatched } from '../support/community-facts.ts'
import { linkOf, magnetlinkReceived, magnetlinkRefused, member, PROOF, URL_A } from '../support/member-facts.ts'
import { correlationId, eventId, projected, recordedAt } from '../support/projected.ts'
import { communityNumber } from '../support/sample-wishes.ts'

describe('the link of a community', () => {
  test('is the newest that was believed, with where it came from and who signed it', async () => {
    const received = magnetlinkReceived(2)
    const origin = { type: 'FOLLOWED', url: URL_A, cursor: 'cursor' } as const
    const proof = { ...PROOF, signedTextSha256: 'a5'.repeat(32) }
    const facts = [member, magnetlinkReceived(1), { ...received, data: { ...received.data, origin, proof } }]
    expect(await readReceivedLinks(await projected(...facts))).toEqual([
      {
        communityId: COMMUNITY,
        ...linkOf(2),
        origin,
        proof,
        receivedAt: recordedAt(5),
        receivedBy: eventId(5),
        correlationId: correlationId(5),
        position: 5,
      },
    ])
  })

  test('has no proof where an operator vouches for it', async () => {
    const received = magnetlinkReceived(1)
    const [row] = await readReceivedLinks(await projected({ ...received, data: { ...received.data, proof: null } }))
    expect(row?.proof).toBeNull()
  })

  test('is read of some communities, or of all', async () => {
    const other = { ...magnetlinkReceived(2), communityId: communityNumber(2) }
    const db = await projected(magnetlinkReceived(1), other)
    expect(await readReceivedLinks(db)).toHaveLength(2)
    expect(await readReceivedLinks(db, [COMMUNITY])).toMatchObject([{ communityId: COMMUNITY }])
    expect(await readReceivedLinks(db, [])).toEqual([])
  })

  test('is forgotten by one that this node dispatches itself', async () => {
    const db = await projected(magnetlinkReceived(1), magnetlinkDispatched(2, 2))
    expect(await readReceivedLinks(db)).toEqual([])
  })
})

describe('why links were refused', () => {
  test('is known by code until one is believed', async () => {
    const refused = [magnetlinkRefused('SIGNATURE_INVALID', 7), magnetlinkRefused('CLOCK_AHEAD')]
    const rows = await readRefusedLinks(await projected(...refused), [COMMUNITY])
    expect(rows).toEqual([
      { communityId: COMMUNITY, code: 'CLOCK_AHEAD', origin: 'SUBMITTED', clock: null, firstAt: recordedAt(2) },
      { communityId: COMMUNITY, code: 'SIGNATURE_INVALID', origin: 'SUBMITTED', clock: 7, firstAt: recordedAt(1) },
    ])
    expect(await readRefusedLinks(await projected(...refused), [communityNumber(2)])).toEqual([])
    expect(await readRefusedLinks(await projected(...refused, magnetlinkReceived(1)), [COMMUNITY])).toEqual([])
  })
})
