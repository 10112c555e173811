import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('each threat names a test that is there', () => {
  const docs = join(import.meta.dirname, '../../docs')
  const rows = readFileSync(join(docs, 'threats.md'), 'utf8').match(/^\| (?!threat|-).*\|$/gm) ?? []
  const named = rows.map((row) => [...row.matchAll(/\]\((\.\.\/test\/[^)]+)\)/g)].map(([, path = '']) => path))

  expect(rows.length).toBeGreaterThan(70)
  expect(rows.filter((_row, index) => named[index]?.length === 0)).toEqual([])
  expect(named.flat().filter((path) => !existsSync(join(docs, path)))).toEqual([])
})
