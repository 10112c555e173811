import { Command } from 'commander'
import { adviseOnFault } from './advise-on-fault.ts'
import { addBackupCommand } from './backup.ts'
import { addCheckpointCommand } from './checkpoint.ts'
import { addConfigToDataDirCommands } from './data-dir-option.ts'
import { describeFault } from './describe-fault.ts'
import { addDoctorCommand } from './doctor.ts'
import { addParkedCommands } from './parked.ts'
import { addProveCommand } from './prove.ts'
import { addExportCommand } from './export.ts'
import { addImportLogCommand } from './import-log.ts'
import { addRebuildCommand } from './rebuild.ts'
import { addRecordCommand } from './record.ts'
import { addReplayCommand } from './replay.ts'
import { addRestoreCommand } from './restore.ts'
import { addServeCommand } from './serve.ts'
import { addTokenCommand } from './token.ts'
import { addSettingsCommand } from './settings.ts'
import { addVerifyLogCommand } from './verify-log.ts'
import { addVerifyCommand } from './verify.ts'

/** What a command line that cannot be followed ends with. */
const EXIT_WRONG = 2
/** What a broken machine ends with. */
const EXIT_FAULT = 1

/** Does what the process's arguments say. A fault ends the process with one line, which says what to do where that is known; where from is for who debugs. */
export async function runProgram(): Promise<void> {
  let logLevel: unknown = process.env['SEEDBANK_LOG_LEVEL']
  const program = createProgram().hook('preAction', (_program, command) => {
    logLevel = command.opts()['logLevel'] ?? logLevel
  })
  try {
    await program.parseAsync()
  } catch (fault) {
    const advice = adviseOnFault(fault)
    console.error(advice === null ? describeFault(fault) : `${describeFault(fault)}: ${advice}`)
    if (logLevel === 'debug' || logLevel === 'trace') console.error(fault)
    // Whatever a fault left running must not keep the process.
    process.exit(EXIT_FAULT)
  }
}

/** The command line of Seedbank. `serve` is what it does when nothing is asked of it. */
export function createProgram(): Command {
  const program = new Command('seedbank')
    .description("Keeps a community's message history alive.")
    .showHelpAfterError('See --help for what there is.')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_WRONG))
    .hook('preSubcommand', refuseUnknownCommand)
  addServeCommand(program)
  addRecordCommand(program)
  addVerifyCommand(program)
  addVerifyLogCommand(program)
  addRebuildCommand(program)
  addReplayCommand(program)
  addCheckpointCommand(program)
  addParkedCommands(program)
  addProveCommand(program)
  addBackupCommand(program)
  addRestoreCommand(program)
  addExportCommand(program)
  addImportLogCommand(program)
  addTokenCommand(program)
  addSettingsCommand(program)
  addDoctorCommand(program)
  addConfigToDataDirCommands(program)
  return program
}

/** Without this a word that is no command would be taken for an argument of `serve`. */
function refuseUnknownCommand(program: Command): void {
  const [word] = program.args
  const known = program.commands.map((command) => command.name())
  if (word === undefined || word.startsWith('-') || known.includes(word)) return
  program.error(`error: unknown command '${word}': there is ${known.join(', ')}`)
}
