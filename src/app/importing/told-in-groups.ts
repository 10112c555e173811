import type { Command } from '../../domain/commands.ts'
import type { Cause, RecordOutcome } from '../../reactors/record.ts'

/** Tells the log of archives in groups, in order: each time it is told waits for the disk, however little is said. */
export interface ToldInGroups {
  /** Tells of those before, unless an archive of so many bytes still belongs to their group. @throws As the log does. */
  before(bytes: number): Promise<void>
  /** Keeps back what is to be told of an archive. */
  add(command: Command, bytes: number): void
  /** Tells all that was kept back. @throws When the log cannot be written. */
  tell(): Promise<void>
}

/** So much of `data` belongs to one group: what it takes to take that over is some tenths of a second. */
const GROUP_BYTES = 1_048_576

/**
 * Creates it, with nothing kept back. What is not told when the work breaks off is told by the import that goes on with it:
 * the messages say which archives were taken over.
 */
export function tellInGroups(record: RecordOutcome, cause: Cause): ToldInGroups {
  let commands: Command[] = []
  let groupBytes = 0

  async function tell(): Promise<void> {
    const group = commands
    commands = []
    groupBytes = 0
    await Promise.all(group.map(async (command) => record(command, cause)))
  }

  return {
    before: async (bytes) => (groupBytes + bytes > GROUP_BYTES ? tell() : undefined),
    add(command, bytes) {
      commands.push(command)
      groupBytes += bytes
    },
    tell,
  }
}
