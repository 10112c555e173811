import type { Command } from 'commander'
import { resolve } from 'node:path'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { createProgressBar } from './progress-bar.ts'

/** Exit codes: 0 the log is the one that was exported; 1 the file is not what was exported; 2 the wish was wrong or refused. */
export function addImportLogCommand(program: Command): void {
  program
    .command('import-log')
    .description('Makes the log that was exported, in a data directory that has none.')
    .argument('<file>', 'what `export` wrote')
    .addOption(createDataDirOption())
    .action(async (file: string, { dataDir }: { readonly dataDir: string }) => {
      process.exitCode = await importFrom(resolve(file), dataDir)
    })
}

async function importFrom(file: string, dataDirText: string): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { importLog } = await import('../app/backup/import-log.ts')
  const { systemClock } = await import('../app/system-clock.ts')
  const bar = createProgressBar()
  const onProgress = (done: number, total: number): void => bar.show({ phase: 'import', done, total })
  const imported = await importLog({ file, dataDir: dataDir.value, now: systemClock.now, onProgress }).finally(bar.end)
  if (imported.ok) {
    const { position, link, liveTokens } = imported.value
    console.log(`${position} events, head ${position} ${link}`)
    if (liveTokens > 0) {
      console.log(`${liveTokens} tokens in it are good here too: look through seedbank token list, and revoke them`)
    }
    return 0
  }
  const { error } = imported
  switch (error.type) {
    case 'BackupMissing':
      return fail(`There is no file ${error.file}`, 2)
    case 'LineRefused':
      return fail(`line ${error.line}: ${error.reason}`, 1)
    case 'FileInTheWay':
      return fail(`There is a file ${error.file} already, and nothing is overwritten: move it away first`, 2)
    case 'DataDirectoryLocked':
      return fail(`Another process writes to ${error.directory}: stop it first`, 2)
  }
}

function fail(message: string, exitCode: 1 | 2): 1 | 2 {
  console.error(message)
  return exitCode
}
