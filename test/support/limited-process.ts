import { spawn, type ChildProcess } from 'node:child_process'
import { onTestFinished } from 'vitest'

/** Runs a script in a process that may have so many files open, with a channel for messages. It ends with the test. */
export function startLimitedProcess(script: string, openFiles: number): ChildProcess {
  const limited = `ulimit -n ${openFiles} && exec "$0" "$1"`
  const child = spawn('bash', ['-c', limited, process.execPath, script], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
