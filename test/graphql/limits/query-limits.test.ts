import { getIntrospectionQuery } from 'graphql'
import { createClient } from 'graphql-ws'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { communityId, recordCommunities } from '../../support/many-communities.ts'
import { promisedMs } from '../../support/promised-ms.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'
import * as facts from '../../support/community-facts.ts'

/** Fragments that spread one another, and what the innermost asks for. */
function chain(length: number, spreads: string, innermost: string): string {
  const links = Array.from(
    { length },
    (_, n) => `fragment f${n} on Query { ${spreads.replaceAll('#', `...f${n + 1}`)} }`,
  )
  return `{ ...f0 } ${links.join(' ')} fragment f${length} on Query { ${innermost} }`
}

/** Fragments that ask for nothing, all spread in one place. */
function fragments(count: number): string {
  const all = Array.from({ length: count }, (_, n) => n)
  return `{ ${all.map((n) => `...f${n}`).join(' ')} } ${all.map((n) => `fragment f${n} on Query { ... { } }`).join(' ')}`
}

const MESSAGE =
  '{ timestamp: 1700000000 topic: "0x01020304" payload: "0x00" sig: "0x" padding: "0x" hash: "0x" thirdPartyId: "" }'

function recordMessages(count: number): string {
  const messages = Array.from({ length: count }, () => MESSAGE).join(' ')
  return `mutation { recordMessages(communityId: "${facts.COMMUNITY}", messages: [${messages}]) { __typename } }`
}

const tooMuch: readonly (readonly [name: string, code: string, query: string])[] = [
  ['60,000 selection sets in one another', 'QUERY_TOO_DEEP', `${'{ a '.repeat(60_000)}${'}'.repeat(60_000)}`],
  ['60,000 lists in one another', 'QUERY_TOO_DEEP', `{ a(b: ${'['.repeat(60_000)}`],
  [
    'a query that is deeper than any sensible one',
    'QUERY_TOO_DEEP',
    `${'{ node(id: "") '.repeat(21)}${'}'.repeat(21)}`,
  ],
  ['a chain of 3,000 fragments', 'QUERY_TOO_DEEP', chain(3000, '#', '__typename')],
  ['fragments in a circle', 'QUERY_TOO_DEEP', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
  ['fragments that double 16 times', 'QUERY_TOO_COSTLY', chain(16, '# #', 'status { version }')],
  ['1,500 more messages than a call may have', 'QUERY_TOO_LONG', recordMessages(2500)],
  ['a million comments', 'QUERY_TOO_LONG', `{ __typename }${'#\n'.repeat(1_000_000)}`],
  ['one name of a million letters', 'QUERY_TOO_LONG', `{ ${'a'.repeat(1_000_000)} }`],
  ['the same field 5,000 times', 'QUERY_TOO_COSTLY', `{ ${'__typename '.repeat(5000)} }`],
  ['the same directive 1,000 times', 'QUERY_TOO_COSTLY', `{ __typename ${'@skip(if: false) '.repeat(1000)} }`],
  ['1,000 variables', 'QUERY_TOO_COSTLY', `query (${'$a: Int '.repeat(1000)}) { __typename }`],
  ['2,000 fragments beside each other', 'QUERY_TOO_COSTLY', fragments(2000)],
  [
    'all archives of all communities',
    'QUERY_TOO_COSTLY',
    '{ communities(first: 500) { edges { node { archives(first: 500) { edges { node { offset } } } } } } }',
  ],
]

describe('a query that is too much is turned away by name, at once, on each transport', () => {
  test.each(tooMuch)('%s', async (_name, code, query) => {
    const { url, faults } = await openApi()
    await ask(url, '{ __typename }')
    const began = performance.now()
    const { data, errors } = await ask(url, query)
    expect(performance.now() - began).toBeLessThan(promisedMs(1_000))
    expect(data).toBeUndefined()
    expect(errors).toMatchObject([{ extensions: { code } }])

    const { value } = await subscribeOverSse(url, query).next()
    expect(value).toMatchObject({ result: { errors: [{ extensions: { code } }] } })

    const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0 })
    onTestFinished(async () => client.dispose())
    await expect(client.iterate({ query }).next()).rejects.toMatchObject([{ extensions: { code } }])
    expect((await client.iterate({ query: '{ __typename }' }).next()).value).toEqual({ data: { __typename: 'Query' } })
    expect(faults).toEqual([])
  })
})

describe('the cost counts pages', () => {
  const nested = (outer: string, inner: string): string =>
    `{ communities${outer} { edges { node { archives${inner} { edges { node { offset } } } } } } }`
  const withVariables = nested('(first: $many)', '(last: $many)')

  test.each([
    ['of variables', `query ($many: Int) ${withVariables}`, { many: 500 }],
    ['of the defaults of variables', `query ($many: Int = 500) ${withVariables}`, {}],
    ['of the usual size', nested('(first: 500)', ''), {}],
    ['in fragments', `{ ...all } fragment all on Query ${nested('(last: 500)', '(last: 500)')}`, {}],
    ['in fragments of another type', `{ ... on Query { ... { ... on Query ${nested('(last: 500)', '')} } } }`, {}],
    [
      'that are asked for again and again',
      `{ ${Array.from({ length: 40 }, (_, n) => `p${n}: ${nested('', '').slice(1, -1)}`).join(' ')} }`,
      {},
    ],
    [
      'in subscriptions',
      `subscription { signals { ... on CommunityAdded { community { archives(first: 500) { edges { ${'node { offset } '.repeat(60)} } } } } } }`,
      {},
    ],
    ['of objects by their ids', 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(50_000).fill('x') }],
    [
      'with fields that look through messages',
      '{ communities(first: 500) { edges { node { a: lateMessages b: lateMessages } } } }',
      {},
    ],
    [
      'in all operations',
      `query Small { __typename } query Large ${nested('(first: 500)', '')}`,
      { operationName: 'Small' },
    ],
  ])('%s', async (_name, query, variables) => {
    const { url } = await openApi()
    expect((await ask(url, query, variables)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }])
  })

  test.each(['damage { pieces { from } }', 'damage { archives }', 'remaining { archives }', 'mended { pieces }'])(
    'and lists that may be long, as of %s',
    async (found) => {
      const { url } = await openApi()
      const query = `{ communities(first: 500) { edges { node { lastVerification { versions { ${found} } } } } } }`
      expect((await ask(url, query)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }])
    },
  )

  test('more objects by their ids than a page has', async () => {
    const { url } = await openApi()
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'
    const id = Buffer.from('RecordedEvent:1').toString('base64')
    expect((await ask(url, query, { ids: Array(500).fill(id) })).errors).toBeUndefined()
    expect((await ask(url, query, { ids: Array(501).fill(id) })).errors).toMatchObject([
      { path: ['nodes'], extensions: { code: 'BAD_USER_INPUT', argument: 'ids' } },
    ])
  })
})

describe('what frontends ask for is answered', () => {
  test('a dashboard of 500 communities', async () => {
    const { url, stores } = await openApi()
    await recordCommunities(stores.log, 500, 2)
    const query = `{ communities(first: 500) { totalCount edges { node {
      communityId role status archiving archivedUpTo
      magnetlink { magnetUri clock } lastRun { runId status } torrents { infoHash state stats { peers } }
      archives(last: 1) { totalCount edges { node { to messages } } }
    } } } }`
    interface Dashboard {
      readonly communities: { readonly totalCount: number; readonly edges: readonly { readonly node: object }[] }
    }
    const { communities } = await askData<Dashboard>(url, query)

    expect(communities.edges).toHaveLength(500)
    expect(communities.edges[7]).toMatchObject({
      node: {
        communityId: communityId(7),
        magnetlink: { clock: '8' },
        lastRun: { runId: facts.runId(7), status: 'CREATED' },
        torrents: [{ infoHash: facts.infoHash(1), state: 'SERVED' }],
        archives: { totalCount: 2, edges: [{ node: { messages: 3 } }] },
      },
    })
  })

  test('what the last verifications of 500 communities found, in numbers, and all that two found', async () => {
    const { url } = await openApi()
    const found = (first: number, fields: string): string =>
      `{ communities(first: ${first}) { edges { node { lastVerification { versions { ${fields} } } } } } }`
    const all = 'pieces { from to } pieceCount archives index torrentFile'
    const numbers = 'infoHash code pieces damage { pieceCount index torrentFile } remaining { pieceCount }'
    const whole = `infoHash damage { ${all} } mended { part archiveId pieces source } remaining { ${all} }`
    for (const query of [found(500, numbers), found(2, whole)]) {
      expect(await askData(url, query)).toEqual({ communities: { edges: [] } })
    }
  })

  test('1,000 messages written out, and what GraphiQL asks first', async () => {
    const { url, stores } = await openApi()
    await recordFacts(stores.log, facts.ready)
    const { recordMessages: answer } = await askData(url, recordMessages(1000))
    expect(answer).toEqual({ __typename: 'RecordMessagesAccepted' })
    const all = {
      inputValueDeprecation: true,
      schemaDescription: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
    }
    expect(await askData(url, getIntrospectionQuery(all))).toHaveProperty('__schema.types')
  })
})
