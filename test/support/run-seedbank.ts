import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** What a command said before it ended. */
export interface CommandEnd {
  readonly code: number | null
  readonly out: string
  readonly errors: string
}

/** A command that runs. */
export interface RunningCommand {
  readonly child: ChildProcess
  readonly ended: Promise<CommandEnd>
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Runs `seedbank` with these arguments in a process of its own, which does not outlive the test. */
export function startSeedbank(...args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, errors }))
  return { child, ended }
}

/** Runs `seedbank` to its end. */
export async function runSeedbank(...args: readonly string[]): Promise<CommandEnd> {
  return startSeedbank(...args).ended
}
