import { expect, test } from 'vitest'
import { ask } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'

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
