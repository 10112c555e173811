import { type Command, Option } from 'commander'
import type { LogReport } from '../app/audit/verify-whole.ts'
import type { LogNotWhole, TablesAltered } from '../app/verify-log.ts'
import type { Result } from '../domain/result.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { describeSchema } from './describe-log-faults.ts'
import { describeLogReport, logReportJson } from './describe-log-report.ts'
import { createProgressBar } from './progress-bar.ts'
import { judgeCheckpoints, readCheckpointWish } from './verify-checkpoints.ts'
import { describeNoLog, type LogMissing } from '../app/no-log.ts'

interface VerifyLogFlags {
  readonly checkpoint: readonly string[]
  readonly key?: string
  readonly files: 'length' | 'hash'
  readonly json: boolean
  readonly dataDir: string
}

/** Exit codes: 0 all is what was written; 1 something is not, or cannot be read; 2 there is no log. */
export function addVerifyLogCommand(program: Command): void {
  program
    .command('verify-log')
    .description(
      'Checks that the event log is what was written, and that receipts, read models and files are what it says; also while a node runs.',
    )
    .addOption(
      new Option('--files <how>', 'compare files by their lengths, or hash all archives too, which takes long')
        .choices(['length', 'hash'])
        .default('length'),
    )
    .option('--json', 'print what was found as JSON', false)
    .option('--checkpoint <file>', 'tell whether the log still contains this signed note; may be repeated', collect, [])
    .option('--key <key>', "the public key that signed, in hex or as checkpoint prints it; by default this node's own")
    .addOption(createDataDirOption())
    .action(async (flags: VerifyLogFlags) => {
      process.exitCode = await verify(flags)
    })
}

async function verify({ checkpoint: notes, key, dataDir: dataDirText, ...how }: VerifyLogFlags): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  const wish = await readCheckpointWish(notes, key)
  if (!wish.ok) return fail(wish.error, 2)
  const verified = await verifyWithBar(dataDir.value, how.files)
  const code = tell(verified, how.json)
  const isJudged = code !== 2 && notes.length > 0
  const judged = isJudged ? await judgeCheckpoints(dataDir.value, wish.value) : null
  if (how.json) console.log(JSON.stringify({ ...logReportJson(verified), ...judged?.json }, null, 2))
  else for (const line of judged?.good ?? []) console.log(line)
  for (const line of judged?.faults ?? []) console.error(line)
  return Math.max(code, judged?.code ?? 0)
}

type Verified = Result<LogReport, LogNotWhole | TablesAltered | LogMissing>

async function verifyWithBar(dataDir: string, files: VerifyLogFlags['files']): Promise<Verified> {
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { verifyWhole } = await import('../app/audit/verify-whole.ts')
  const bar = createProgressBar()
  try {
    return await verifyWhole(dataDir, {
      files: files === 'hash' ? 'HASH' : 'LENGTH',
      onProgress: (stage, done, total) => bar.show({ phase: PHASES[stage], done, total }),
    })
  } finally {
    bar.end()
  }
}

/** Faults are told on standard error also where the rest is JSON. @returns What to end with. */
function tell(verified: Verified, json: boolean): 0 | 1 | 2 {
  if (!verified.ok) return failWith(verified.error)
  const { good, faults } = describeLogReport(verified.value)
  if (!json) for (const line of good) console.log(line)
  for (const line of faults) console.error(line)
  return faults.length > 0 ? 1 : 0
}

function failWith(error: LogNotWhole | TablesAltered | LogMissing): 1 | 2 {
  if (error.type === 'LogMissing') return fail(describeNoLog(error.file), 2)
  if (error.type === 'TablesAltered') {
    for (const line of describeSchema(error.faults)) console.error(line)
    return fail('  Nothing else was checked', 1)
  }
  const { code, position } = error
  console.error(`The log is not what was written: ${code} at position ${position}`)
  return fail('Nothing else was checked. What stands before is whole: restore a back-up, if there is one', 1)
}

const PHASES = { CHAIN: 'checking the chain', READ_MODELS: 'rebuilding read models' } as const

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file]
}

function fail(message: string, exitCode: 1 | 2): 1 | 2 {
  console.error(message)
  return exitCode
}
