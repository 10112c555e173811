import { describe, expect, test } from 'vitest'
import { ADD_COMMUNITY, plainWish, type Answer } from '../../support/api-wishes.ts'
import * as facts from '../../support/community-facts.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'

describe('an idempotency key', () => {
  test('grants the same wish once, and refuses another', async () => {
    const { url, stores } = await openApi()
    const first = await askData<Answer>(url, ADD_COMMUNITY, { key: 'one' })
    expect(await askData<Answer>(url, ADD_COMMUNITY, { key: 'one' })).toEqual(first)
    expect(stores.log.head()).toBe(3)

    expect(await askData(url, ADD_COMMUNITY, { key: 'one', archiving: false })).toMatchObject({
      answer: {
        code: 'IdempotencyKeyReused',
        message: 'The idempotencyKey "one" was used for another wish: use a new key.',
      },
    })
    const { communityId } = first.answer.community ?? {}
    const other = await askData(url, plainWish('leaveCommunity', ', idempotencyKey: "one"'), { id: communityId })
    expect(other).toMatchObject({ answer: { code: 'IdempotencyKeyReused' } })
    expect(stores.log.head()).toBe(3)
  })

  test('counts for wishes that led to nothing, and not for those that were refused', async () => {
    const { url } = await openApi()
    const wish = plainWish('enableArchiving', ', idempotencyKey: "two"')
    expect(await askData(url, wish, { id: facts.COMMUNITY })).toMatchObject({ answer: { code: 'CommunityNotFound' } })
    await askData(url, ADD_COMMUNITY, { id: facts.COMMUNITY, role: 'MEMBER' })

    expect(await askData(url, wish, { id: facts.COMMUNITY })).toMatchObject({ answer: { position: null } })
    await askData(url, plainWish('disableArchiving'), { id: facts.COMMUNITY })
    expect(await askData(url, wish, { id: facts.COMMUNITY })).toMatchObject({
      answer: { position: null, community: { archiving: 'DISABLED' } },
    })
  })
})

test('the correlation id of the client is recorded and given back; any other is replaced', async () => {
  const { url, stores } = await openApi()
  const id = '0D9F9C1E-5C1B-4E0A-9A52-3F9D2B7C6E11'
  const given = await ask(url, 'mutation { disableProtocol { __typename } }', {}, { 'x-correlation-id': id })
  expect(given.headers.get('x-correlation-id')).toBe(id.toLowerCase())
  expect(await stores.log.read({ limit: 1 })).toMatchObject([{ correlationId: id.toLowerCase(), actor: 'local' }])

  const made = await ask(url, '{ status { version } }', {}, { 'x-correlation-id': 'mine' })
  expect(made.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/)
})
