import { beforeEach, describe, expect, test } from 'vitest'
import type { FollowUrl } from '../../../src/domain/follow-url.ts'
import { ADD_COMMUNITY, plainWish } from '../../support/api-wishes.ts'
import * as facts from '../../support/community-facts.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { member, URL_A } from '../../support/member-facts.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { OTHER } from '../../support/signal-history.ts'

const FOLLOW = `mutation($id: CommunityId!, $url: FollowUrl!, $nodeKey: Hex, $token: String, $key: IdempotencyKey) {
  answer: followNode(communityId: $id, url: $url, nodeKey: $nodeKey, token: $token, idempotencyKey: $key) {
    ... on FollowNodeAccepted { position community { follows { url nodeKey state code nextTryAt since } } }
    ... on Refusal { code } ... on TooManyFollows { limit } ... on AddressRefused { host message } ... on FollowNotEncrypted { host }
  }
}`
const UNFOLLOW = `mutation($id: CommunityId!, $url: FollowUrl!) { answer: unfollowNode(communityId: $id, url: $url) {
  ... on UnfollowNodeAccepted { position community { follows { url } } } ... on Refusal { code }
} }`
const KEY = 'ab'.repeat(32)

let api: OpenApi

beforeEach(async () => {
  api = await openApi()
})

async function follow(url: string, more: object = {}): Promise<unknown> {
  const variables = { id: facts.COMMUNITY, url, ...more }
  return (await askData<{ answer: unknown }>(api.url, FOLLOW, variables)).answer
}

async function unfollow(url: string): Promise<unknown> {
  return (await askData<{ answer: unknown }>(api.url, UNFOLLOW, { id: facts.COMMUNITY, url })).answer
}

describe('followNode', () => {
  test('follows under one URL however it is written, keeps the token out of the log, and shows what came of it', async () => {
    const { stores, samples } = api
    await recordFacts(stores.log, member)
    const answer = { position: '4', community: { follows: [{ url: URL_A, nodeKey: KEY, state: null }] } }
    const given = { nodeKey: KEY.toUpperCase(), token: 'geheim==', key: 'k' }
    expect(await follow('https://A.example:443/graphql', given)).toMatchObject(answer)
    expect(await follow('https://A.example:443/graphql', given)).toMatchObject(answer)
    expect(await stores.tokens.get(facts.COMMUNITY, URL_A)).toBe('geheim==')
    expect(JSON.stringify(await stores.log.read({ limit: 10 }))).not.toContain('geheim')
    expect(await follow(URL_A, { key: 'k', nodeKey: KEY })).toEqual({ code: 'IdempotencyKeyReused' })
    expect(await follow(URL_A, { ...given, token: 'other' })).toEqual({ code: 'IdempotencyKeyReused' })
    expect(await stores.tokens.get(facts.COMMUNITY, URL_A)).toBe('geheim==')

    samples.follows.set(URL_A, { status: 'WAITING', code: 'UNAUTHORIZED', nextTryAt: facts.at(1) as never })
    const waiting = { state: 'WAITING', code: 'UNAUTHORIZED', nextTryAt: expect.stringMatching(/^1970-/) }
    const since = expect.stringMatching(/Z$/)
    expect(await follow(URL_A)).toEqual({
      position: null,
      community: { follows: [{ url: URL_A, nodeKey: KEY, since, ...waiting }] },
    })
    samples.follows.set(URL_A, { status: 'CONNECTED' })
    const shown = { state: 'CONNECTED', code: null, nextTryAt: null }
    expect(await follow(URL_A)).toMatchObject({ community: { follows: [shown] } })

    expect(await unfollow(URL_A)).toEqual({ position: '5', community: { follows: [] } })
    expect(await stores.tokens.get(facts.COMMUNITY, URL_A)).toBeNull()
    expect(await unfollow(URL_A)).toEqual({ position: null, community: { follows: [] } })
  })

  test('is refused by name, and then keeps no token', async () => {
    const { stores } = api
    expect(await follow(URL_A, { id: OTHER, token: 'x' })).toEqual({ code: 'CommunityNotFound' })
    await recordFacts(stores.log, facts.ready)
    expect(await follow(URL_A)).toEqual({ code: 'NotMember' })
    expect(await unfollow(URL_A)).toEqual({ code: 'NotMember' })
    await askData(api.url, plainWish('leaveCommunity'), { id: facts.COMMUNITY })
    expect(await follow(URL_A)).toEqual({ code: 'CommunityWasLeft' })
    await askData(api.url, ADD_COMMUNITY, { id: facts.COMMUNITY, role: 'MEMBER' })
    expect(await follow('ws://127.0.0.1:4000/graphql', { token: 'x' })).toEqual({
      code: 'AddressRefused',
      host: '127.0.0.1',
      message: expect.stringContaining('SEEDBANK_PRIVATE_ADDRESSES'),
    })
    const plain = 'ws://a.example/graphql'
    expect(await follow(plain, { token: 'x' })).toEqual({ code: 'FollowNotEncrypted', host: 'a.example' })
    expect(await stores.tokens.get(facts.COMMUNITY, plain as FollowUrl)).toBeNull()
    for (let n = 0; n < 8; n += 1) await follow(`wss://n${n}.example/graphql`)
    expect(await follow(URL_A, { token: 'x' })).toEqual({ code: 'TooManyFollows', limit: 8 })
    expect(await stores.tokens.get(facts.COMMUNITY, URL_A)).toBeNull()
    expect(await stores.tokens.get(facts.COMMUNITY, 'ws://127.0.0.1:4000/graphql' as FollowUrl)).toBeNull()
  })

  test('takes no URL with a secret in it, no key of another length, and repeats no token that is none', async () => {
    const { url, stores } = api
    await recordFacts(stores.log, member)
    const refused = async (more: object): Promise<unknown> => {
      const { errors } = await ask(url, FOLLOW, { id: facts.COMMUNITY, url: URL_A, ...more })
      expect(JSON.stringify(errors)).not.toContain('se cret')
      return errors?.[0]?.extensions?.['argument'] ?? errors?.[0]?.extensions?.['code']
    }
    expect(await refused({ url: 'wss://me:pw@a.example/graphql' })).toBe('BAD_USER_INPUT')
    expect(await refused({ nodeKey: 'abcd' })).toBe('nodeKey')
    expect(await refused({ token: 'se cret' })).toBe('token')
    expect(stores.log.head()).toBe(3)
  })
})
