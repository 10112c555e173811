import type { Command } from 'commander'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'

/** Exit codes: 0 the log is what was written, 1 it is not, or cannot be read; 2 there is none. */
export function addVerifyLogCommand(program: Command): void {
  program
    .command('verify-log')
    .description('Checks that the event log is what was written, also while a node runs.')
    .addOption(createDataDirOption())
    .action(async ({ dataDir }: { readonly dataDir: string }) => {
      process.exitCode = await verify(dataDir)
    })
}

async function verify(dataDirText: string): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { verifyLog } = await import('../app/verify-log.ts')
  const verified = await verifyLog(dataDir.value)
  if (verified.ok) {
    const { events, position, link } = verified.value
    console.log(`${events} events, chain whole, head ${position} ${Buffer.from(link).toString('hex')}`)
    return 0
  }
  const { error } = verified
  switch (error.type) {
    case 'LogMissing':
      return fail(`There is no log ${error.file}`, 2)
    case 'LogNotWhole':
      return fail(`The log is not what was written: ${error.code} at position ${error.position}`, 1)
  }
}

function fail(message: string, exitCode: 1 | 2): 1 | 2 {
  console.error(message)
  return exitCode
}
