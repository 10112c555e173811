import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from './temporary-folder.ts'

/** Writes a file of these lines, which is gone when the test is over. @returns Its path. */
export function writeLines(lines: readonly string[]): string {
  const file = join(createTemporaryFolder(), 'messages.ndjson')
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  return file
}
