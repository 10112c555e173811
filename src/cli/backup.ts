import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { BackupManifest } from '../app/backup/backup-manifest.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { createProgressBar } from './progress-bar.ts'
import { describeNoLog } from '../app/no-log.ts'

interface BackupFlags {
  readonly withKeys: boolean
  readonly dataDir: string
}

/** Exit codes: 0 it is written and was read back; 1 the log or the disk is broken; 2 the wish was wrong. */
export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description('Writes the log and the messages to one file, and reads it back, also while a node runs.')
    .argument('<file>', 'the file to write, which must not exist')
    .option(
      '--with-keys',
      'private keys, tokens and webhooks too: whoever has the file can then sign as the community',
      false,
    )
    .addOption(createDataDirOption())
    .action(async (file: string, flags: BackupFlags) => {
      process.exitCode = await backup(resolve(file), flags)
    })
}

const PHASES = { COPY_LOG: 'log', COPY_MESSAGES: 'messages', WRITE: 'write', VERIFY: 'read back' } as const

async function backup(file: string, { withKeys, dataDir: dataDirText }: BackupFlags): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { backUp } = await import('../app/backup/back-up.ts')
  const { systemClock } = await import('../app/system-clock.ts')
  const bar = createProgressBar()
  const onLeftover = (folder: string): void =>
    console.error(
      `A back-up that did not end had left ${folder}, with copies of messages and perhaps keys: it is removed`,
    )
  const options = { dataDir: dataDir.value, file, withKeys, now: systemClock.now, onLeftover }
  const written = await backUp({
    ...options,
    onProgress: ({ phase, ...progress }) => bar.show({ ...progress, phase: PHASES[phase] }),
  }).finally(bar.end)
  if (written.ok) {
    console.log(describeBackup(file, written.value).join('\n'))
    return 0
  }
  const { error } = written
  switch (error.type) {
    case 'LogMissing':
      return fail(describeNoLog(error.file), 2)
    case 'BackupExists':
      return fail(`There is a file ${error.file} already: name another, or move it away`, 2)
    case 'FolderMissing':
      return fail(`There is no folder ${error.folder}: make it first`, 2)
    case 'LogBroken':
      return fail(`The log is not what was written: ${error.code} at position ${error.position}`, 1)
    case 'BackupDamaged':
      return fail(error.message, 1)
  }
}

/** What is in a back-up, and what is not. */
function describeBackup(file: string, { head, hasKeys, members }: BackupManifest): readonly string[] {
  const bytes = members.reduce((sum, member) => sum + member.bytes, 0)
  return [
    `${file}: log up to event ${head.position} ${head.link}, and messages; ${bytes} bytes, read back and whole`,
    hasKeys
      ? 'Private keys, tokens and webhooks are in it: whoever has the file can sign as the community. Keep it as you keep them.'
      : 'Private keys, tokens and webhooks are not in it: keep keys/ elsewhere, or use --with-keys.',
    'Archives are not in it: a control node makes them again from the messages, a member fetches them again.',
  ]
}

function fail(message: string, exitCode: 1 | 2): 1 | 2 {
  console.error(message)
  return exitCode
}
