import type { Command } from 'commander'
import { SingleBar } from 'cli-progress'
import type { EndedVerification, RunningVerification } from '../app/verification/verify-files.ts'
import { parseCommunityId, type CommunityId } from '../domain/community-id.ts'
import { ok, type Result } from '../domain/result.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { describeVerification } from './describe-verification.ts'

interface VerifyFlags {
  readonly community?: string
  readonly json: boolean
  readonly dataDir: string
}

/** Exit codes: 0 all is whole now; 1 damage remains, or not all could be checked; 2 the wish was wrong or refused. */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('Checks the files of all archives, and mends what is damaged, also while a node runs.')
    .option('--community <id>', 'only the archives of this community')
    .option('--json', 'print what was found and mended as JSON', false)
    .addOption(createDataDirOption())
    .action(async (flags: VerifyFlags) => {
      process.exitCode = await verify(flags)
    })
}

async function verify({ community, json, dataDir: dataDirText }: VerifyFlags): Promise<number> {
  const communityId = parseCommunity(community)
  if (!communityId.ok)
    return fail(`--community is ${JSON.stringify(community)}, but must be 0x and 64 or 66 hex digits`)
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { remainingCodeOf, verifyFiles } = await import('../app/verification/verify-files.ts')
  const progress = createProgress()
  const all: EndedVerification[] = []
  const answer = await verifyFiles({
    dataDir: dataDir.value,
    communityId: communityId.value,
    onProgress: progress.show,
    onEnded(ended) {
      all.push(ended)
      progress.end()
      if (!json) console.log(describeVerification(ended).join('\n'))
    },
  })
  progress.end()
  if (json) console.log(JSON.stringify(all, null, 2))
  if (!answer.ok) {
    console.error(answer.error.message)
    return answer.error.type === 'VerifyFilesInterrupted' ? 1 : 2
  }
  if (all.length === 0 && !json) console.log('There is no archive yet')
  return all.every((ended) => remainingCodeOf(ended) === null) ? 0 : 1
}

function parseCommunity(text: string | undefined): Result<CommunityId | null, unknown> {
  return text === undefined ? ok(null) : parseCommunityId(text)
}

/** A bar on a terminal, one for each community, and nothing elsewhere. */
function createProgress(): {
  readonly show: (running: RunningVerification) => void
  readonly end: () => void
} {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{community} {stage} {bar} {percentage}% {eta_formatted}' })
    : null
  return {
    show({ communityId, stage, checkedBytes, totalBytes }) {
      if (bar === null) return
      const texts = { community: communityId.slice(0, 10), stage: stage.toLowerCase() }
      if (!bar.isActive) bar.start(totalBytes, checkedBytes, texts)
      bar.setTotal(totalBytes)
      bar.update(checkedBytes, texts)
    },
    end: () => bar?.stop(),
  }
}

function fail(message: string): number {
  console.error(message)
  return 2
}
