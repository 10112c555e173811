import { expect, test } from 'vitest'
import { askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { seedingStarted } from '../../support/sample-events.ts'

const REBUILD = `mutation ($key: IdempotencyKey) {
  rebuildProjections(idempotencyKey: $key) {
    ... on RebuildProjectionsAccepted { rebuild { state startedAt } }
    ... on Refusal { code message }
  }
}`
const STATUS = '{ status { rebuild { state position headPosition startedAt finishedAt error } } }'

interface Answer {
  readonly rebuildProjections: { readonly rebuild?: { readonly startedAt: string }; readonly code?: string }
}

test('a rebuild is begun once, told of by status, and answered again under its key', async () => {
  const { url, stores } = await openApi()
  await recordFacts(
    stores.log,
    [1, 2, 3].map((number) => seedingStarted(number)),
  )
  expect(await askData(url, STATUS)).toEqual({ status: { rebuild: null } })
  const begun = await askData<Answer>(url, REBUILD, { key: 'once' })
  expect(begun.rebuildProjections).toMatchObject({ rebuild: { state: 'REBUILDING' } })
  expect((await askData<Answer>(url, REBUILD)).rebuildProjections.code).toBe('RebuildIsRunning')
  await expect
    .poll(async () => askData(url, STATUS))
    .toMatchObject({ status: { rebuild: { state: 'FINISHED', position: '3', headPosition: '3', error: null } } })
  expect(await askData<Answer>(url, REBUILD, { key: 'once' })).toEqual(begun)
})
