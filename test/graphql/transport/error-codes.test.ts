import { expect, test } from 'vitest'
import { ask } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { createTestCallers } from '../../support/test-callers.ts'

test('what the language itself refuses has a code too', async () => {
  const { url } = await openApi()
  const codeOf = async (query: string, variables = {}): Promise<unknown> =>
    (await ask(url, query, variables)).errors?.[0]?.extensions?.['code']

  expect(await codeOf('{ status { ')).toBe('GRAPHQL_PARSE_FAILED')
  expect(await codeOf('{ plum }')).toBe('GRAPHQL_VALIDATION_FAILED')
  expect(await codeOf('query A { status { version } } query B { status { version } }')).toBe(
    'OPERATION_RESOLUTION_FAILURE',
  )
  const query = 'query Community($id: CommunityId!) { community(communityId: $id) { role } }'
  expect(await codeOf(query)).toBe('BAD_USER_INPUT')
  expect(await codeOf(query, { id: 'plum' })).toBe('BAD_USER_INPUT')
  expect(await codeOf('{ community(communityId: "plum") { role } }')).toBe('BAD_USER_INPUT')
})

test('errors suggest names of the schema to those alone whom it is shown to', async () => {
  const { authenticate } = createTestCallers()
  const { url } = await openApi({ ports: { authenticate } })
  const queries: readonly (readonly [query: string, variables: Record<string, unknown>])[] = [
    ['{ comunities { __typename } }', {}],
    ['{ communities(frst: 1) { __typename } }', {}],
    ['query Q($t: [EventType!]) { events(types: $t) { __typename } }', { t: ['CommunityAded'] }],
  ]
  for (const [query, variables] of queries) {
    const told = async (headers: Record<string, string>): Promise<string> => {
      const { errors } = await ask(url, query, variables, headers)
      return errors?.map(({ message }) => message).join() ?? 'nothing'
    }
    expect(await told({ authorization: 'Bearer admin' })).toMatch(/Did you mean/)
    expect(await told({})).not.toMatch(/Did you mean|nothing/)
  }
})
