import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addConfigToDataDirCommands, createDataDirOption } from '../../src/cli/data-dir-option.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** @returns The data directory that a command of a program would work on, two commands deep. */
async function dataDirOf(...argv: readonly string[]): Promise<unknown> {
  let dataDir: unknown
  const program = new Command()
  program
    .command('group')
    .command('work')
    .addOption(createDataDirOption())
    .action((flags: { readonly dataDir: string }) => void (dataDir = flags.dataDir))
  addConfigToDataDirCommands(program)
  await program.parseAsync(['group', 'work', ...argv], { from: 'user' })
  return dataDir
}

test('a command that works on a data directory takes it from its flag, or from the file', async () => {
  const file = join(createTemporaryFolder(), 'seedbank.toml')
  writeFileSync(file, 'data-dir = "/of/the/file"\nport = 5000\n')
  expect(await dataDirOf()).toBe('./seedbank-data')
  expect(await dataDirOf('--config', file)).toBe('/of/the/file')
  expect(await dataDirOf('--config', file, '--data-dir', '/of/the/flag')).toBe('/of/the/flag')
})
