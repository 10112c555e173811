import { once } from 'node:events'
import type { Command } from 'commander'
import type { App } from '../app.ts'
import { addSettings, settingsOf } from './parse-settings.ts'

/** How long a stop may take before the process ends in the middle of it, in milliseconds. */
export const STOP_MS = 4_500

/** Exit codes: 0 stopped as asked, 1 failed, 2 a setting is wrong or something that it names is taken. */
export function addServeCommand(program: Command): void {
  const command = program
    .command('serve', { isDefault: true })
    .description('Runs the node until it is told to stop (SIGINT, SIGTERM).')
  addSettings(command).action(async () => {
    process.exitCode = await serve(command)
  })
}

async function serve(command: Command): Promise<number> {
  const read = settingsOf(command, process.env)
  for (const line of read.ok ? read.value.warnings : read.error.lines) console.error(line)
  if (!read.ok) return 2
  const { settings } = read.value
  const stopAsked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  // Loaded only where it is needed: other commands, and --help, need not wait a second for it.
  const { startApp } = await import('../app.ts')
  const { endOnFault } = await import('../app/telemetry/end-on-fault.ts')
  endOnFault(settings)
  const started = await startApp(settings)
  if (!started.ok) {
    console.error(started.error.message)
    return 2
  }
  const { url, version } = started.value
  console.log(`Seedbank ${version} serves its API at ${url}/graphql, data in ${settings.dataDir}`)
  await stopAsked
  return stopInTime(started.value)
}

async function stopInTime(app: App): Promise<number> {
  // What is not finished then is resumed by the next run.
  const timer = setTimeout(() => process.exit(1), STOP_MS)
  await app.stop()
  clearTimeout(timer)
  return 0
}
