import { Command } from 'commander'
import { addRecordCommand } from './record.ts'
import { addServeCommand } from './serve.ts'

/** What a command line that cannot be followed ends with. */
const EXIT_WRONG = 2

/** The command line of Seedbank. `serve` is what it does when nothing is asked of it. */
export function createProgram(): Command {
  const program = new Command('seedbank')
    .description("Keeps a community's message history alive.")
    .showHelpAfterError('See --help for what there is.')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_WRONG))
    .hook('preSubcommand', refuseUnknownCommand)
  addServeCommand(program)
  addRecordCommand(program)
  return program
}

/** Without this a word that is no command would be taken for an argument of `serve`. */
function refuseUnknownCommand(program: Command): void {
  const [word] = program.args
  const known = program.commands.map((command) => command.name())
  if (word === undefined || word.startsWith('-') || known.includes(word)) return
  program.error(`error: unknown command '${word}': there is ${known.join(', ')}`)
}
