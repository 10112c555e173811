import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { ArchivesInTheWay } from '../app/backup/restore-backup.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { createProgressBar } from './progress-bar.ts'

/** Exit codes: 0 all is back; 1 the back-up is damaged, or the disk broken; 2 the wish was wrong or refused. */
export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('Brings a back-up into a data directory that has no log.')
    .argument('<file>', 'the back-up')
    .addOption(createDataDirOption())
    .action(async (file: string, { dataDir }: { readonly dataDir: string }) => {
      process.exitCode = await restore(resolve(file), dataDir)
    })
}

async function restore(file: string, dataDirText: string): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { restoreBackup } = await import('../app/backup/restore-backup.ts')
  const { systemClock } = await import('../app/system-clock.ts')
  const bar = createProgressBar()
  const options = { file, dataDir: dataDir.value, now: systemClock.now }
  const restored = await restoreBackup({
    ...options,
    onProgress: (done, total) => bar.show({ phase: 'restore', done, total }),
  }).finally(bar.end)
  if (restored.ok) {
    const { manifest, incarnation } = restored.value
    console.log(`The log is back up to event ${manifest.head.position}, as it was at ${manifest.createdAt}`)
    console.log(`What was recorded after it is lost; from here on the log is called ${incarnation}`)
    console.log('So is the revoking of tokens: look through seedbank token list, and revoke them again')
    if (!manifest.hasKeys)
      console.log('Private keys, tokens and webhooks were not in it: put keys/ back before the node starts')
    return 0
  }
  const { error } = restored
  switch (error.type) {
    case 'BackupMissing':
      return fail(`There is no file ${error.file}`, 2)
    case 'BackupDamaged':
      return fail(error.message, 1)
    case 'FileInTheWay':
      return fail(`There is a file ${error.file} already, and nothing is overwritten: move it away first`, 2)
    case 'ArchivesInTheWay':
      return fail(describeArchives(error), 2)
    case 'DataDirectoryLocked':
      return fail(`Another process writes to ${error.directory}: stop it first`, 2)
  }
}

function describeArchives({ folder, files }: ArchivesInTheWay): string {
  const count = files.length === 1 ? 'a file' : `${files.length} files`
  return [
    `${folder} has ${count} newer than the back-up or of another log, as ${files[0]}: the node would remove or cut it`,
    `Move ${folder} away first, and keep it: newer messages may be nowhere else. What the back-up names is made or fetched again`,
  ].join('\n')
}

function fail(message: string, exitCode: 1 | 2): 1 | 2 {
  console.error(message)
  return exitCode
}
