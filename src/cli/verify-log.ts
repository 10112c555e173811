import type { Command } from 'commander'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { checkCheckpoints, readCheckpointWish } from './verify-checkpoints.ts'

interface VerifyLogFlags {
  readonly checkpoint: readonly string[]
  readonly key?: string
  readonly dataDir: string
}

/** Exit codes: 0 the log is what was written, 1 it is not, or cannot be read; 2 there is none. */
export function addVerifyLogCommand(program: Command): void {
  program
    .command('verify-log')
    .description('Checks that the event log is what was written, also while a node runs.')
    .option('--checkpoint <file>', 'tell whether the log still contains this signed note; may be repeated', collect, [])
    .option('--key <key>', "the public key that signed, in hex or as checkpoint prints it; by default this node's own")
    .addOption(createDataDirOption())
    .action(async (flags: VerifyLogFlags) => {
      process.exitCode = await verify(flags)
    })
}

async function verify({ checkpoint: files, key, dataDir: dataDirText }: VerifyLogFlags): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  const wish = await readCheckpointWish(files, key)
  if (!wish.ok) return fail(wish.error, 2)
  const code = await verifyChain(dataDir.value)
  if (code === 2 || files.length === 0) return code
  return Math.max(code, await checkCheckpoints(dataDir.value, wish.value))
}

async function verifyChain(dataDir: string): Promise<number> {
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { verifyLog } = await import('../app/verify-log.ts')
  const verified = await verifyLog(dataDir)
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

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file]
}

function fail(message: string, exitCode: 1 | 2): 1 | 2 {
  console.error(message)
  return exitCode
}
