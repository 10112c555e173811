import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_CODES } from '../../src/graphql/error-codes.ts'

/** Those that Yoga gives by itself. */
const OF_YOGA = ['BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE']

test('the list of error codes names each that the API gives, and no other', () => {
  const root = join(import.meta.dirname, '../../src/graphql')
  const files = globSync('**/*.ts', { cwd: root }).filter((file) => file !== 'error-codes.ts')
  const given = files.flatMap((file) => {
    const found = readFileSync(join(root, file), 'utf8').matchAll(
      /(?:code: |return |[a-z]\(|, )'([A-Z]+(?:_[A-Z]+)+|BUSY|FORBIDDEN|UNAUTHENTICATED)'/g,
    )
    return [...found].map(([, code = '']) => code).filter((code) => code in ERROR_CODES || ERROR_LIKE.test(code))
  })

  expect([...new Set([...given, ...OF_YOGA])].toSorted()).toEqual(Object.keys(ERROR_CODES).toSorted())
})

/** What has the form of an error's code, and is no role, status or setting. */
const ERROR_LIKE = /^(?:BAD|CURSOR|GRAPHQL|JSON|LOG|PERSISTED|POSITION|QUERY|RATE|REQUEST|TIME|TOO)_/
