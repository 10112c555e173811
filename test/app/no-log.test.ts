import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeNoLog } from '../../src/app/no-log.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const NOBODY = 65_534

test('a log that is not there is told from one that this user may not look for', () => {
  const folder = createTemporaryFolder()
  const file = join(folder, 'data', 'seedbank.db')
  expect(describeNoLog(file)).toBe(
    `There is no log ${file}: name the folder of one with --data-dir or SEEDBANK_DATA_DIR`,
  )

  mkdirSync(join(folder, 'data'))
  chmodSync(folder, 0o711)
  chmodSync(join(folder, 'data'), 0)
  const isRoot = process.getuid?.() === 0
  const said = isRoot ? describedTo(NOBODY, file) : describeNoLog(file)
  chmodSync(join(folder, 'data'), 0o700)
  const user = isRoot ? NOBODY : process.getuid?.()
  expect(said).toBe(
    `This user, which is user ${user}, may not look for the log ${file}: run this as the user that runs the node`,
  )
})

/** Root may look at everything. */
function describedTo(uid: number, file: string): string {
  const program = `
    const { describeNoLog } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/app/no-log.ts'))})
    process.setuid(${uid})
    process.stdout.write(describeNoLog(${JSON.stringify(file)}))`
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
}
