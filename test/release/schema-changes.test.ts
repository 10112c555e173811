import { expect, test } from 'vitest'
import { findBreakingChanges, findUndatedDeprecations } from '../../release/schema-changes.ts'

const TODAY = '2026-11-22'
const RELEASED = `
  type Query { plum(ripe: Boolean): String!, pear: Int @deprecated(reason: "Ask plum. Deprecated since 2026-01-01, removed after 2026-06-30."), fig: Fig }
  enum Fig { GREEN BLUE }
`

async function breaking(current: string): Promise<readonly string[]> {
  return findBreakingChanges(RELEASED, current, TODAY)
}

test('what is added, or described anew, breaks nobody', async () => {
  const more = RELEASED.replace('fig: Fig', 'fig: Fig, quince: Int').replace('enum Fig', '"A fruit." enum Fig')
  expect(await breaking(more)).toEqual([])
})

test('what is gone, may be null, or asks for more is named', async () => {
  expect(await breaking(RELEASED.replace('fig: Fig', ''))).toEqual([expect.stringContaining("'fig' was removed")])
  expect(await breaking(RELEASED.replace('String!', 'String'))).toEqual([
    expect.stringContaining("'Query.plum' changed"),
  ])
  expect(await breaking(RELEASED.replace('ripe: Boolean', 'ripe: Boolean!'))).toEqual([
    expect.stringContaining("'ripe' on field 'Query.plum' changed"),
  ])
  expect(await breaking(RELEASED.replace('GREEN ', ''))).toEqual([expect.stringContaining("'GREEN' was removed")])
})

test('what was deprecated in the last release may be gone once its day has passed, and not before', async () => {
  const without = RELEASED.replace(/pear:.*?"\),/, '')
  expect(without).not.toContain('pear')
  expect(await breaking(without)).toEqual([])
  expect(await findBreakingChanges(RELEASED, without, '2026-06-30')).toEqual([expect.stringContaining("'pear'")])
  expect(await findBreakingChanges(RELEASED.replace(', removed after 2026-06-30', ''), without, TODAY)).toHaveLength(1)
})

test('a deprecation says since when, and until when', () => {
  expect(findUndatedDeprecations(RELEASED)).toEqual([])
  const undated = RELEASED.replace(' Deprecated since 2026-01-01,', '').replace(
    'BLUE',
    'BLUE @deprecated(reason: "Gone")',
  )
  expect(findUndatedDeprecations(undated)).toEqual([
    expect.stringMatching(/^Query\.pear is deprecated with/),
    expect.stringMatching(/^Fig\.BLUE is deprecated with/),
  ])
})
