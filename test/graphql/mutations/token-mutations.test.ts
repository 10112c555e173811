import { expect, test } from 'vitest'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'

const CREATE = `mutation ($role: AccessRole! = VIEWER, $ids: [CommunityId!], $expires: DateTime, $key: IdempotencyKey) {
  answer: createToken(role: $role, communityIds: $ids, expiresAt: $expires, idempotencyKey: $key) {
    __typename
    ... on CreateTokenAccepted { position secret token { tokenId role communityIds state createdBy expiresAt } }
    ... on Refusal { code message }
  }
}`
const REVOKE = `mutation ($id: TokenId!) {
  answer: revokeToken(tokenId: $id) {
    ... on RevokeTokenAccepted { position token { state } }
    ... on Refusal { code message }
  }
}`
const COMMUNITY = `0x${'0c'.repeat(32)}`

interface Answer {
  readonly answer: {
    readonly code?: string
    readonly position: string | null
    readonly secret: string | null
    readonly token: { readonly tokenId: string }
  }
}

interface Tokens {
  readonly tokens: {
    readonly edges: readonly { readonly node: { readonly tokenId: string; readonly state: string } }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
  }
}

test('a token is made, listed and revoked; its secret is told once, also where the wish is sent twice', async () => {
  const { url, stores } = await openApi()
  const wish = { role: 'OPERATOR', ids: [COMMUNITY], expires: '2100-01-01T00:00:00Z', key: 'k' }
  const first = (await askData<Answer>(url, CREATE, wish)).answer
  expect(first).toMatchObject({
    position: '1',
    secret: expect.stringMatching(/^sbt_[0-9a-f]{16}_[\w-]{43}$/),
    token: {
      role: 'OPERATOR',
      communityIds: [COMMUNITY],
      state: 'ACTIVE',
      createdBy: 'local',
      expiresAt: wish.expires,
    },
  })
  expect((await askData<Answer>(url, CREATE, wish)).answer).toEqual({ ...first, secret: null })
  expect((await askData<Answer>(url, CREATE, { ...wish, role: 'VIEWER' })).answer.code).toBe('IdempotencyKeyReused')
  const receipt = await stores.log.findReceipt('local', 'k')
  expect(receipt?.result).toEqual({ tokenId: first.token.tokenId })

  await askData<Answer>(url, CREATE, {})
  const list =
    'query ($after: String) { tokens(first: 1, after: $after) { edges { node { tokenId state } } pageInfo { hasNextPage endCursor } } }'
  const { tokens: page } = await askData<Tokens>(url, list)
  expect(page).toMatchObject({ edges: [{ node: { tokenId: first.token.tokenId } }], pageInfo: { hasNextPage: true } })
  const { tokens: next } = await askData<Tokens>(url, list, { after: page.pageInfo.endCursor })
  expect(next).toMatchObject({ edges: [{ node: { state: 'ACTIVE' } }], pageInfo: { hasNextPage: false } })

  const { tokenId: id } = first.token
  expect((await askData<Answer>(url, REVOKE, { id })).answer).toEqual({ position: '3', token: { state: 'REVOKED' } })
  expect((await askData<Answer>(url, REVOKE, { id })).answer).toEqual({ position: null, token: { state: 'REVOKED' } })
})

test('what cannot be granted is refused by name, with what would be right', async () => {
  const { url, stores } = await openApi()
  const refused = async (query: string, wish: object) => (await askData<Answer>(url, query, { ...wish })).answer
  expect(await refused(CREATE, { role: 'ADMIN', ids: [COMMUNITY] })).toMatchObject({ code: 'RoleIsNodeWide' })
  expect(await refused(CREATE, { ids: [] })).toMatchObject({ code: 'TokenCommunitiesMissing' })
  const many = Array.from({ length: 101 }, (_, n) => `0x${n.toString(16).padStart(64, '0')}`)
  expect(await refused(CREATE, { ids: many })).toMatchObject({ code: 'TooManyTokenCommunities' })
  expect(await refused(CREATE, { expires: '2020-01-01T00:00:00Z' })).toMatchObject({
    code: 'ExpiryNotInFuture',
    message: expect.stringMatching(/^expiresAt must be later than now, which is 20\d\d-.+Z\.$/),
  })
  const unknown = '00000000000000ff'
  expect(await refused(REVOKE, { id: unknown })).toEqual({
    code: 'TokenNotFound',
    message: `There is no token ${unknown}: \`tokens\` names them all.`,
  })
  expect((await ask(url, '{ tokens(after: "x") { pageInfo { endCursor } } }')).errors).toHaveLength(1)
  expect(stores.log.head()).toBe(0)
})
