import { Command } from 'commander'
import { addRecordCommand } from './record.ts'
import { addServeCommand } from './serve.ts'

/** The command line of Seedbank. `serve` is what it does when nothing is asked of it. */
export function createProgram(): Command {
  const program = new Command('seedbank').description("Keeps a community's message history alive.")
  addServeCommand(program)
  addRecordCommand(program)
  return program
}
