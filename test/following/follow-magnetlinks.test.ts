import { describe, expect, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { announcementText, magnetUriOf, type Clock } from '../../src/domain/magnet.ts'
import { judgeMagnet } from '../../src/following/judge-magnet.ts'
import type { FollowedLink } from '../../src/following/read-link.ts'
import { verifyAnnouncement } from '../../src/formats/verify-announcement.ts'
import * as facts from '../support/community-facts.ts'
import { openApi, type OpenApi } from '../support/open-api.ts'
import { recordFacts } from '../support/record-facts.ts'
import { recordFollow } from '../support/recorded-follow.ts'
import { valueOf } from '../support/value-of.ts'

const communityId = facts.COMMUNITY

/** As many dispatches as there are clocks; nothing is signed. */
async function dispatch({ stores }: OpenApi, ...clocks: readonly number[]): Promise<void> {
  await recordFacts(
    stores.log,
    clocks.map((clock) => facts.magnetlinkDispatched(clock, clock)),
  )
}

function clocksOf(links: readonly FollowedLink[]): readonly number[] {
  return links.map(({ announcement }) => announcement.clock)
}

describe('a node that is followed', () => {
  test('tells its links from the first one on, as they were dispatched', async () => {
    const api = await openApi()
    await dispatch(api, 1)
    const { links, hasLinks, states, follow } = recordFollow(api.url, { communityId })
    await hasLinks(1)
    await dispatch(api, 2)
    await hasLinks(2)
    const expected = [1, 2].map((n) => {
      const { infoHash: _, ...announcement } = facts.announcement(n, n)
      return { communityId, ...announcement }
    })
    expect(links.map(({ announcement }) => announcement)).toEqual(expected)
    expect(states).toEqual([{ status: 'CONNECTING' }, { status: 'CONNECTED' }])
    await follow.stop()
    expect(follow.counts()).toEqual({ links: 2, malformed: 0 })
  })

  test('goes on behind the last link after a restart, and from any that the caller kept', async () => {
    const api = await openApi()
    await dispatch(api, 1, 2)
    const { links, hasLinks, waits } = recordFollow(api.url, { communityId })
    await hasLinks(2)
    await api.server.close()
    expect(await waits()).toMatchObject({ code: 'CLOSED', detail: '1001' })
    await dispatch(api, 3)
    const { log, db } = api.stores
    await openApi({ port: api.port, ports: { log, db } })
    await dispatch(api, 4)
    await hasLinks(4)
    expect(clocksOf(links)).toEqual([1, 2, 3, 4])

    const later = recordFollow(api.url, { communityId, after: links[1]?.cursor ?? '' })
    await later.hasLinks(2)
    expect(clocksOf(later.links)).toEqual([3, 4])
  })

  test('is read from the beginning where it has another log than before', async () => {
    const api = await openApi()
    await dispatch(api, 1, 2)
    const { links, hasLinks, waits } = recordFollow(api.url, { communityId })
    await hasLinks(2)
    await api.server.close()
    await waits()
    const other = await openApi({ port: api.port })
    await dispatch(other, 5, 6)
    await hasLinks(4)
    expect(clocksOf(links)).toEqual([1, 2, 5, 6])

    const { states, hasLinks: hasAgain } = recordFollow(other.url, { communityId, after: 'no cursor of any log' })
    await hasAgain(2)
    expect(states).toContainEqual(expect.objectContaining({ code: 'CURSOR_LOST', detail: 'CURSOR_MALFORMED' }))
  })

  test('is told of a link again that could not be handled, and of no other in the meantime', async () => {
    const api = await openApi()
    await dispatch(api, 1, 2, 3)
    const fault = new Error('the disk is full')
    const tried: number[] = []
    const { links, hasLinks, waits, faults } = recordFollow(api.url, {
      communityId,
      onLink: async ({ announcement: { clock } }) => {
        tried.push(clock)
        if (tried.length === 2) throw fault
        return 'TAKEN'
      },
    })
    expect(await waits()).toMatchObject({ code: 'INTERNAL' })
    await hasLinks(3)
    expect(tried).toEqual([1, 2, 2, 3])
    expect(clocksOf(links)).toEqual([1, 2, 3])
    expect(faults).toEqual([fault])
  })
})

test('links that were signed by others, or lead elsewhere, are told apart from those that can be believed', async () => {
  const api = await openApi()
  const { keys, log } = api.stores
  const [community, other] = [await keys.createCommunity(), await keys.createCommunity()]
  async function link(
    clock: number,
    signer: CommunityId,
    dn = community,
    tracker = 'udp://203.0.113.9:1',
  ): Promise<void> {
    const magnetUri = magnetUriOf(facts.infoHash(clock), dn, [tracker])
    const signed = valueOf(await keys.sign(signer, announcementText(community, clock as Clock, magnetUri)))
    const data = { infoHash: facts.infoHash(clock), clock: clock as Clock, magnetUri, ...signed }
    await recordFacts(log, [{ type: 'MagnetlinkDispatched', communityId: community, data }])
  }
  await link(1, community)
  await link(2, other)
  await link(3, community, other)
  await link(4, community, community, 'udp://10.0.0.1:1')
  await recordFacts(log, [{ ...facts.magnetlinkDispatched(5, 5), communityId: community }])

  const verdicts: unknown[] = []
  const { hasLinks } = recordFollow(api.url, {
    communityId: community,
    onLink: async ({ announcement }) => {
      const verified = verifyAnnouncement(announcement, null)
      const rules = { resolve: async () => [], allowPrivate: false }
      const judged = verified.ok ? await judgeMagnet(community, announcement.magnetUri, rules) : verified
      verdicts.push(judged.ok ? judged.value?.infoHash : judged.error.code)
      return judged.ok ? 'TAKEN' : 'REFUSED'
    },
  })
  await hasLinks(5)
  const refused = ['SIGNER_UNKNOWN', 'OTHER_COMMUNITY', 'ADDRESS_REFUSED', 'SIGNER_UNKNOWN']
  expect(verdicts).toEqual([facts.infoHash(1), ...refused])
})
