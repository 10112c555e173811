import { beforeEach, describe, expect, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { ADD_COMMUNITY, plainWish } from '../../support/api-wishes.ts'
import { callerOf, headersOf, knowing } from '../../support/callers.ts'
import * as facts from '../../support/community-facts.ts'
import { ask } from '../../support/graphql-request.ts'
import { communityId, recordCommunities } from '../../support/many-communities.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'

const MINE = communityId(2)
const OTHER = communityId(1)
const UNKNOWN = communityId(77)
const callers = {
  viewer: callerOf('VIEWER', [MINE]),
  operator: callerOf('OPERATOR', [MINE]),
  auditor: callerOf('AUDITOR'),
} as const

let api: OpenApi

beforeEach(async () => {
  api = await openApi({ ports: { authenticate: knowing(callers) } })
  await recordCommunities(api.stores.log, 4, 1)
})

/** The data, or else the code of each error. */
async function answer(who: keyof typeof callers, query: string, variables = {}): Promise<unknown> {
  const { data, errors } = await ask(api.url, query, variables, headersOf(who))
  return errors?.map(({ extensions }) => extensions?.['code']) ?? data
}

function globalId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64')
}

describe('who is bound to a community', () => {
  test('is shown it in lists, and no trace of others', async () => {
    const parked = { reactor: 'seeding', code: 'FILES_MISSING', failures: 9 } as const
    await recordFacts(
      api.stores.log,
      [MINE, OTHER].map((id) => ({ type: 'ReactorParked', communityId: id, data: parked })),
    )
    const lists = `{
      communities { totalCount edges { node { communityId } } pageInfo { hasNextPage } }
      last: communities(last: 1) { edges { node { communityId } } pageInfo { hasPreviousPage } }
      status { parkedReactors { communityId } }
    }`

    expect(await answer('viewer', lists)).toEqual({
      communities: { totalCount: 1, edges: [{ node: { communityId: MINE } }], pageInfo: { hasNextPage: false } },
      last: { edges: [{ node: { communityId: MINE } }], pageInfo: { hasPreviousPage: false } },
      status: { parkedReactors: [{ communityId: MINE }] },
    })
    expect(await answer('auditor', lists)).toMatchObject({
      communities: { totalCount: 4 },
      status: { parkedReactors: [{ communityId: OTHER }, { communityId: MINE }] },
    })
  })

  test('finds by ids what is of it; all else is as if it were not there', async () => {
    const ids = [
      ...[MINE, OTHER, UNKNOWN].map((id) => globalId('Community', id)),
      ...[2, 1, 77].map((n) => globalId('ArchiveRun', facts.runId(n))),
      ...['1', '999', 'x'].map((position) => globalId('RecordedEvent', position)),
      globalId('Status', '1'),
      globalId('Nothing', '1'),
    ]
    const query = `query ($ids: [ID!]!, $mine: RunId!, $other: RunId!) {
      nodes(ids: $ids) { __typename }
      mine: archiveRun(runId: $mine) { communityId }
      other: archiveRun(runId: $other) { communityId }
      node(id: "${globalId('Community', OTHER)}") { id }
    }`
    const variables = { ids, mine: facts.runId(2), other: facts.runId(1) }
    const [community, run, event] = ['Community', 'ArchiveRun', 'RecordedEvent'].map((type) => ({ __typename: type }))

    expect(await answer('viewer', query, variables)).toEqual({
      nodes: [community, null, null, run, null, null, null, null, null, null, null],
      mine: { communityId: MINE },
      other: null,
      node: null,
    })
    expect(await answer('auditor', query, variables)).toMatchObject({
      nodes: [community, community, null, run, run, null, event, null, null, null, null],
      other: { communityId: OTHER },
      node: { id: globalId('Community', OTHER) },
    })
  })

  test('is answered alike about another community, whether this node knows it or not', async () => {
    for (const query of [
      'query ($id: CommunityId!) { community(communityId: $id) { communityId } }',
      'query ($id: CommunityId!) { currentMagnetlink(communityId: $id) { magnetUri } }',
      'query ($id: CommunityId!) { diagnose(communityId: $id) { code } }',
      plainWish('leaveCommunity'),
    ]) {
      const answers = [OTHER, UNKNOWN].map(async (id) => ask(api.url, query, { id }, headersOf('operator')))
      const [known, unknown] = (await Promise.all(answers)).map(({ data, errors }) => ({ data, errors }))
      expect(known?.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
      expect(known).toEqual(unknown)
    }
  })

  test('is told which role would be right, and of which field', async () => {
    const wish = plainWish('leaveCommunity')
    const { errors: byViewer } = await ask(api.url, wish, { id: MINE }, headersOf('viewer'))
    const { errors: byNobody } = await ask(api.url, wish, { id: MINE })

    expect(byViewer).toMatchObject([
      {
        message:
          'Mutation.leaveCommunity takes the role OPERATOR of this community, of all communities where none is named, or the role ADMIN. The role of this token is VIEWER of one community.',
        path: ['answer'],
        extensions: { code: 'FORBIDDEN', field: 'Mutation.leaveCommunity', rule: 'OPERATOR' },
      },
    ])
    expect(byNobody).toMatchObject([
      {
        message: expect.stringMatching(/Send a token, as "Authorization: Bearer <token>"\.$/),
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ])
    const { errors: ofNode } = await ask(api.url, '{ status { version } }')
    expect(ofNode).toMatchObject([{ message: expect.stringMatching(/^Query\.status takes any role\. Send a token/) }])
  })
})

describe('a wish of who may not', () => {
  test('records nothing; one for the own community beside it is granted', async () => {
    const head = api.stores.log.head()
    const id: CommunityId = OTHER

    expect(await answer('viewer', plainWish('withdrawSeeding'), { id: MINE })).toEqual(['FORBIDDEN'])
    expect(await answer('operator', plainWish('withdrawSeeding'), { id })).toEqual(['FORBIDDEN'])
    expect(await answer('operator', ADD_COMMUNITY)).toEqual(['FORBIDDEN'])
    expect(await answer('operator', 'mutation { verifyArchives { __typename } }')).toEqual(['FORBIDDEN'])
    expect(await answer('auditor', 'mutation { setOnline(online: false) { __typename } }')).toEqual(['FORBIDDEN'])
    expect(api.stores.log.head()).toBe(head)

    const both = `mutation ($mine: CommunityId!, $other: CommunityId!) {
      mine: withdrawSeeding(communityId: $mine) { __typename }
      other: withdrawSeeding(communityId: $other) { __typename }
      again: leaveCommunity(communityId: $mine) { __typename }
    }`
    expect(await answer('operator', both, { mine: MINE, other: OTHER })).toEqual(['FORBIDDEN'])
    const [recorded, ...more] = await api.stores.log.read({ after: head, limit: 10 })
    expect(recorded).toMatchObject({ event: { type: 'SeedingWithdrawn', communityId: MINE }, actor: 'token:operator' })
    expect(more).toEqual([])
  })
})
