/** Nothing was ever recorded there. */
export interface LogMissing {
  readonly type: 'LogMissing'
  readonly file: string
}

/** For the operator, whose folder is most often another one: what was named by the flag or the variable, or is the default. */
export function describeNoLog(file: string): string {
  return `There is no log ${file}: name the folder of one with --data-dir or SEEDBANK_DATA_DIR`
}
