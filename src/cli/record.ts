import type { Command } from 'commander'
import { SingleBar } from 'cli-progress'
import type { NdjsonProgress, RejectedLine } from '../app/recording/record-file.ts'
import { parseCommunityId } from '../domain/community-id.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'

interface RecordFlags {
  readonly community: string
  readonly strict: boolean
  readonly dataDir: string
}

/** Exit codes: 0 all recorded, 1 some lines were not, or the server went away; 2 the wish was wrong or refused. */
export function addRecordCommand(program: Command): void {
  program
    .command('record')
    .description('Records the messages of a file, one JSON object a line.')
    .argument('<file>', 'the file, of any size')
    .requiredOption('--community <id>', 'the community that the messages belong to')
    .option('--strict', 'check the whole file first, and record nothing if a line is wrong', false)
    .addOption(createDataDirOption())
    .action(async (file: string, flags: RecordFlags) => {
      process.exitCode = await record(file, flags)
    })
}

async function record(file: string, { community, strict, dataDir: dataDirText }: RecordFlags): Promise<number> {
  const communityId = parseCommunityId(community)
  if (!communityId.ok)
    return fail(`--community is ${JSON.stringify(community)}, but must be 0x and 64 or 66 hex digits`)
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { recordFile } = await import('../app/recording/record-file.ts')
  const progress = createProgress()
  const options = { file, strict, dataDir: dataDir.value, communityId: communityId.value }
  const answer = await recordFile({ ...options, onProgress: progress.show, onRejected: progress.report })
  progress.end()
  if (!answer.ok) {
    console.error(answer.error.message)
    return answer.error.type === 'RecordFileInterrupted' ? 1 : 2
  }
  const { recorded, duplicates, rejected } = answer.value
  console.log(`${recorded} recorded, ${duplicates} already there, ${rejected} rejected`)
  return rejected > 0 ? 1 : 0
}

/** A bar on a terminal, and nothing elsewhere; rejected lines go to standard error. */
function createProgress(): {
  readonly show: (progress: NdjsonProgress) => void
  readonly report: (rejected: RejectedLine) => void
  readonly end: () => void
} {
  const bar = process.stderr.isTTY ? new SingleBar({ format: '{phase} {bar} {percentage}% {eta_formatted}' }) : null
  return {
    show({ phase, bytesRead, totalBytes }) {
      if (bar === null) return
      if (!bar.isActive) bar.start(totalBytes, bytesRead, { phase: phase.toLowerCase() })
      bar.update(bytesRead, { phase: phase.toLowerCase() })
    },
    report({ line, code, message }) {
      console.error(`line ${line}: ${code}: ${message}`)
    },
    end: () => bar?.stop(),
  }
}

function fail(message: string): number {
  console.error(message)
  return 2
}
