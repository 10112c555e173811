import { accessSync } from 'node:fs'

/** Nothing was ever recorded there. */
export interface LogMissing {
  readonly type: 'LogMissing'
  readonly file: string
}

/**
 * For the operator, whose folder is most often another one: what was named by the flag or the variable, or is the default. Or it
 * is of another user, and nobody can tell whether there is one.
 */
export function describeNoLog(file: string): string {
  if (isForbidden(file)) {
    const user = process.getuid === undefined ? '' : `, which is user ${process.getuid()}`
    return `This user${user}, may not look for the log ${file}: run this as the user that runs the node`
  }
  return `There is no log ${file}: name the folder of one with --data-dir or SEEDBANK_DATA_DIR`
}

/** `existsSync` says of what it may not look at that it is not there. */
function isForbidden(file: string): boolean {
  try {
    accessSync(file)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
  }
}
