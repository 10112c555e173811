import { readdirSync, readFileSync, statSync } from 'node:fs'

/**
 * How many files this process may have open; null where the system does not tell, or sets no limit. Linux only.
 *
 * @throws The system error EMFILE, where asking needs one that cannot be had.
 */
export function readOpenFilesLimit(): number | null {
  const limits = whereProcIs(() => readFileSync('/proc/self/limits', 'utf8'))
  const [, soft] = /^Max open files +([0-9]+)/m.exec(limits ?? '') ?? []
  return soft === undefined ? null : Number(soft)
}

/**
 * How many files this process has open, sockets included; null where the system does not tell. Linux only.
 *
 * @throws The system error EMFILE, where counting them needs one that cannot be had.
 */
export function countOpenFiles(): number | null {
  return whereProcIs(() => {
    // Since Linux 6.2 the folder's size says it. Before, it is 0, and listing it opens one more.
    const { size } = statSync('/proc/self/fd')
    return size > 0 ? size : readdirSync('/proc/self/fd').length - 1
  })
}

/** Null on systems without /proc, and where it is hidden. */
function whereProcIs<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(error.code)) return null
    throw error
  }
}

const NOT_THERE: ReadonlySet<unknown> = new Set(['ENOENT', 'EACCES', 'EPERM'])
