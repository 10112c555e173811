import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { printAccess } from './access/print-access.ts'
import { fillPlaces } from './fill-places.ts'
import { printRefusals } from './refusals/print-refusals.ts'
import { schema } from './schema.ts'

// Prints what clients read of the schema; `--check` only says whether it is what the code says.

const printed: Readonly<Record<string, (present: string) => string>> = {
  // Sorted, so that it changes only where the API does.
  'schema.graphql': () => `${printSchema(lexicographicSortSchema(schema))}\n`,
  'docs/access.md': (present) => fillPlaces(present, printAccess(schema)),
  'docs/refusals.md': (present) => fillPlaces(present, printRefusals(schema)),
}

for (const [name, print] of Object.entries(printed)) {
  const file = new URL(`../../${name}`, import.meta.url)
  const present = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const text = print(present)
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
  } else if (present !== text) {
    process.stderr.write(`${name} is not what the code says. Run: npm run schema\n`)
    process.exitCode = 1
  }
}
