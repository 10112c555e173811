import { globSync, readFileSync } from 'node:fs'

/** Whether the system tells which processes a process has started. */
export const CAN_FIND_CHILDREN = globSync('/proc/[0-9]*/stat').length > 0

/**
 * The torrent client's process of a node, the one process that a node starts.
 *
 * @returns Null while it has none. Linux only.
 */
export function torrentClientPidOf(nodePid: number): number | null {
  for (const path of globSync('/proc/[0-9]*/stat')) {
    // "pid (name) state ppid …": a name may hold anything, its end is the last parenthesis.
    const [, state, parent] = afterName(path)
    if (Number(parent) === nodePid && state !== 'Z') return Number(path.split('/')[2])
  }
  return null
}

function afterName(path: string): readonly string[] {
  try {
    const stat = readFileSync(path, 'latin1')
    return stat.slice(stat.lastIndexOf(')')).split(' ')
  } catch {
    return [] // A process that has ended since it was listed.
  }
}
