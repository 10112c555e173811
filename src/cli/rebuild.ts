import type { Command } from 'commander'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { createProgressBar } from './progress-bar.ts'

/** Exit codes: 0 rebuilt; 1 it failed, and the old read models are as they were; 2 the wish was wrong or refused. */
export function addRebuildCommand(program: Command): void {
  program
    .command('rebuild')
    .description('Rebuilds the read models from the log, also while a node runs, which serves meanwhile.')
    .addOption(createDataDirOption())
    .action(async ({ dataDir }: { readonly dataDir: string }) => {
      process.exitCode = await rebuild(dataDir)
    })
}

async function rebuild(dataDirText: string): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { rebuildLog } = await import('../app/rebuild/rebuild-log.ts')
  const bar = createProgressBar()
  const ended = await rebuildLog(dataDir.value, ({ state, position, headPosition }) =>
    bar.show({ phase: state.toLowerCase(), done: position, total: headPosition }),
  )
  bar.end()
  if (!ended.ok) return fail(ended.error.message, ended.error.type === 'RebuildInterrupted' ? 1 : 2)
  const { state, position, error } = ended.value
  if (state === 'FAILED') return fail(`${error}. The read models are as they were`, 1)
  console.log(`Rebuilt the read models from ${position} events`)
  return 0
}

function fail(message: string, exitCode: 1 | 2): 1 | 2 {
  console.error(message)
  return exitCode
}
