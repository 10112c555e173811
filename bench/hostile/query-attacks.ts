import { makeToken } from '../../src/access/access-secret.ts'
import { keepOn, nextAddress, openRaw, openWebSocket, requestText, type Attack } from './attack.ts'

const QUERIES_A_SECOND = 100
const TOKENS_A_SECOND = 500
const ADDRESSES = 1_000

const FRAGMENTS = Array.from(
  { length: 500 },
  (_, each) => `fragment F${each} on Query { ...F${each + 1} ...F${each + 1} }`,
)

/** What would take long to answer, to validate or to parse. */
const QUERIES: readonly string[] = [
  `{ ${'communities { edges { node { '.repeat(30)} communityId ${'} } }'.repeat(30)} }`,
  '{ communities(first: 500) { edges { node { archives(first: 500) { edges { node { __typename } } } } } } }',
  `{ ${Array.from({ length: 2_000 }, (_, each) => `a${each}: status { version }`).join(' ')} }`,
  `{ ${Array.from({ length: 300 }, (_, each) => `a${each}: status { version headPosition }`).join(' ')} }`,
  `{ ...F0 } ${FRAGMENTS.join(' ')} fragment F500 on Query { __typename }`,
  '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
  `{ ${'__typename '.repeat(8_000)} }`,
  `${'# \n'.repeat(20_000)} { __typename }`,
  `{ ${'['.repeat(5_000)} }`,
  `query (${Array.from({ length: 2_000 }, (_, each) => `$v${each}: Int`).join(', ')}) { __typename }`,
  `{ __typename ${'@skip(if: false) '.repeat(3_000)} }`,
  `{ __schema { types { ${'fields { type { '.repeat(9)} name ${'} }'.repeat(9)} } } }`,
  '{ __schema { types { name fields { name args { name } } } } }',
]

/** Deep, costly and repeated queries: one in three shows a token. */
export const costlyQueries: Attack = async (target, tally) => {
  const bodies = QUERIES.map((query) => JSON.stringify({ query }))
  keepOn(QUERIES_A_SECOND, (count) => {
    const headers =
      count % 3 === 0
        ? { Authorization: `Bearer ${target.viewerToken}` }
        : { 'X-Forwarded-For': nextAddress(ADDRESSES) }
    openRaw(target, tally, requestText({ ...headers, Connection: 'close' }, bodies[count % bodies.length]))
  })
}

/** Tokens that are none, of the right form, so that each is looked for, or JWTs: one in ten over WebSocket. */
export const wrongTokens: Attack = async (target, tally) => {
  const tokens = Array.from({ length: 1_000 }, () => makeToken().secret)
  const body = '{"query":"{ status { version } }"}'
  keepOn(TOKENS_A_SECOND, (count) => {
    const address = nextAddress(ADDRESSES)
    const token = count % 3 === 0 ? `e30.${'a'.repeat(500)}.${count}` : (tokens[count % tokens.length] ?? '')
    if (count % 10 === 0) return void openWebSocket(target, tally, { token, address })
    const headers = { Authorization: `Bearer ${token}`, 'X-Forwarded-For': address, Connection: 'close' }
    openRaw(target, tally, requestText(headers, body))
  })
}
