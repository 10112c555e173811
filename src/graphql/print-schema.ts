import { readFileSync, writeFileSync } from 'node:fs'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from './schema.ts'

const FILE = new URL('../../schema.graphql', import.meta.url)

/** The schema in its own language, sorted, so that it changes only where the API does. */
function printSorted(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, printSorted())
} else if (readFileSync(FILE, 'utf8') !== printSorted()) {
  process.stderr.write('schema.graphql is not what the code says. Run: npm run schema\n')
  process.exitCode = 1
}
