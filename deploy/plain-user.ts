import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** How a command ended, and what it said. */
export interface CommandEnd {
  readonly code: number | null
  readonly output: string
}

/** Who runs commands without any privilege. */
export interface PlainUser {
  /** For the reader. */
  readonly description: string
  start(command: readonly string[], options: SpawnOptions): ChildProcess
  /** Waits for its end. */
  run(command: readonly string[], options: SpawnOptions): Promise<CommandEnd>
  /** Makes a file or a folder, with all that is in it, this user's. */
  own(path: string): void
}

/** `nobody` of Linux. */
const NOBODY = 65_534

/** Drops root's privileges where this process has them; where it has none, it is a plain user itself. */
export function createPlainUser(): PlainUser {
  const isRoot = process.getuid?.() === 0
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
  const start: PlainUser['start'] = ([file = '', ...words], options) =>
    spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options, ...identity })
  return {
    description: isRoot ? `user ${NOBODY}, root's privileges dropped` : `user ${process.getuid?.()}`,
    start,
    async run(command, options) {
      const child = start(command, options)
      let output = ''
      const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-20_000))
      child.stdout?.on('data', keep)
      child.stderr?.on('data', keep)
      const [code] = (await once(child, 'close')) as [number | null]
      return { code, output }
    },
    own: (path) => {
      if (isRoot) ownAll(path)
    },
  }
}

function ownAll(path: string): void {
  chownSync(path, NOBODY, NOBODY)
  for (const entry of readdirSync(path, { recursive: true })) chownSync(join(path, String(entry)), NOBODY, NOBODY)
}
