import { copyFileSync, readFileSync } from 'node:fs'
import { findBreakingChanges, findUndatedDeprecations } from './schema-changes.ts'

// Compares schema.graphql with that of the last release; `--release` makes it that of the last release.

const RELEASED = new URL('./schema.graphql', import.meta.url)
const CURRENT = new URL('../schema.graphql', import.meta.url)

if (process.argv.includes('--release')) {
  copyFileSync(CURRENT, RELEASED)
} else {
  const current = readFileSync(CURRENT, 'utf8')
  const today = new Date().toISOString().slice(0, 10)
  const faults = [
    ...(await findBreakingChanges(readFileSync(RELEASED, 'utf8'), current, today)),
    ...findUndatedDeprecations(current),
  ]
  for (const fault of faults) process.stderr.write(`schema.graphql: ${fault}\n`)
  if (faults.length > 0) {
    process.stderr.write(
      'Clients of the last release would break: keep what they use, and deprecate it with its days.\n',
    )
    process.exitCode = 1
  }
}
