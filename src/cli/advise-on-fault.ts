const NOT_ALLOWED =
  'run this as the user that runs the node, on a folder that it may write to; `seedbank doctor` tells more'
const DAMAGED =
  'stop the node, and `seedbank restore` a back-up into a new folder, or name another with SEEDBANK_DATA_DIR; `seedbank doctor` tells more'

/** By how the codes of the system and of SQLite begin. */
const ADVICE: readonly (readonly [code: RegExp, advice: string])[] = [
  [/^(?:EACCES|EPERM|EROFS|SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_PERM)/, NOT_ALLOWED],
  [/^(?:SQLITE_NOTADB|SQLITE_CORRUPT)/, DAMAGED],
]

/** What the operator can do about a fault; null where that is not known. */
export function adviseOnFault(fault: unknown): string | null {
  if (fault instanceof SuppressedError) return adviseOnFault(fault.suppressed)
  if (!(fault instanceof Error)) return null
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : ''
  const [, advice = null] = ADVICE.find(([pattern]) => pattern.test(code)) ?? []
  return advice ?? adviseOnFault(fault.cause)
}
