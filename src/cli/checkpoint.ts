import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'

interface CheckpointFlags {
  readonly out?: string
  readonly dataDir: string
}

/** Exit codes: 0 signed; 1 the log was altered, or the machine is broken; 2 the wish was wrong or refused. */
export function addCheckpointCommand(program: Command): void {
  program
    .command('checkpoint')
    .description('Signs what the event log is now, in a note to keep elsewhere, also while a node runs.')
    .option('--out <file>', 'the file to write, which must not exist; standard output by default')
    .addOption(createDataDirOption())
    .action(async (flags: CheckpointFlags) => {
      process.exitCode = await checkpoint(flags)
    })
}

async function checkpoint({ out, dataDir: dataDirText }: CheckpointFlags): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  // Before anything is signed. An older note proves more than a new one: what the log was then.
  if (out !== undefined && existsSync(out)) {
    return fail(`There is a file ${out} already: name another, or move it away`, 2)
  }
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { makeCheckpoint } = await import('../app/audit/make-checkpoint.ts')
  const made = await makeCheckpoint(dataDir.value)
  if (!made.ok) return fail(made.error.message, made.error.type === 'LogAltered' ? 1 : 2)
  const { size, note, noteKey } = made.value
  if (out === undefined) process.stdout.write(note)
  else writeWhole(out, note)
  console.error(`Signed the log of ${size} events${out === undefined ? '' : `: ${out}`}`)
  console.error(`Keep the note away from this machine, and the key with it: ${noteKey}`)
  console.error(`verify-log --checkpoint ${out ?? '<file>'} --key <key> tells later whether the log still contains it`)
  return 0
}

/** For all to read: a note is made to be shown. */
function writeWhole(file: string, note: string): void {
  const partial = `${file}.partial`
  try {
    writeFileSync(partial, note, { mode: 0o644, flush: true })
    // Unlike a rename, a link fails where a file is.
    linkSync(partial, file)
  } catch (cause) {
    throw new Error(`Cannot write the checkpoint to ${file}`, { cause })
  } finally {
    rmSync(partial, { force: true })
  }
}

function fail(message: string, exitCode: 1 | 2): number {
  console.error(message)
  return exitCode
}
