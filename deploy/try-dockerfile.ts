// Carries out deploy/Dockerfile without a container engine, as a plain user, and tries what came of it.
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { buildImage, type BuiltImage } from './build-image.ts'
import { lastOf, parseExec, parseHealthcheck } from './dockerfile.ts'
import { createPlainUser, type CommandEnd, type PlainUser } from './plain-user.ts'

/** What Docker gives a container between SIGTERM and SIGKILL. */
const STOP_MS = 10_000
const START_MS = 60_000

/** No traffic but on loopback, and nobody told: what `docker run -e` would give. */
const LOOPBACK = {
  SEEDBANK_PORT: '0',
  SEEDBANK_TORRENT_HOST: '127.0.0.1',
  SEEDBANK_TORRENT_PORT: '0',
  SEEDBANK_DHT: 'off',
  SEEDBANK_UPNP: 'off',
  SEEDBANK_TRACKERS: 'none',
}

const began = performance.now()

function tell(line: string): void {
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`)
}

function expectThat(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`Not so: ${what}`)
  tell(`checked: ${what}`)
}

const folder = mkdtempSync(join(tmpdir(), 'seedbank-image-'))
try {
  chmodSync(folder, 0o755)
  const user = createPlainUser()
  tell(`in ${folder}, as ${user.description}`)
  const image = await buildImage({ folder, context: join(import.meta.dirname, '..'), user, tell })
  tell(`the image has ${(bytesIn(image.workFolder) / 1e6).toFixed(0)} MB beside its base`)
  expectThat(readdirSync(join(image.workFolder, 'data')).length === 0, 'no data is in the image')
  await tryImage(image, user)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function tryImage({ stage, workFolder, environment }: BuiltImage, user: PlainUser): Promise<void> {
  const options = { cwd: workFolder, env: { ...environment, ...LOOPBACK } }
  const command = ['ENTRYPOINT', 'CMD'].flatMap((keyword) => {
    const instruction = lastOf(stage, keyword)
    return instruction === undefined ? [] : parseExec(instruction)
  })
  const name = lastOf(stage, 'USER')?.text ?? 'root'
  expectThat(!/^(root|0)\b/.test(name), `Docker would run it as ${name}, and not as root`)
  const startedAt = Date.now()
  const child = user.start(command, { ...options, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>
    const healthcheck = parseHealthcheck(stage)
    await becomesHealthy(async () => user.run(healthcheck, options), exited)
    expectThat(true, `the health check of the Dockerfile passes, beside ${command.join(' ')}`)
    const data = statSync(join(workFolder, 'data/seedbank.db'))
    expectThat(data.uid !== 0, `its data belongs to user ${data.uid}`)
    const stopAt = performance.now()
    child.kill((lastOf(stage, 'STOPSIGNAL')?.text ?? 'SIGTERM') as NodeJS.Signals)
    const [code, signal] = await Promise.race([exited, wait(STOP_MS, ['still running', null] as const, { ref: false })])
    expectThat(code === 0, `SIGTERM ends it with ${signal ?? code}, after ${Math.round(performance.now() - stopAt)} ms`)
    expectThat((await user.run(healthcheck, options)).code !== 0, 'the health check fails once it has stopped')
    const written = filesIn(workFolder).filter((file) => statSync(file).mtimeMs > startedAt)
    const strays = written.filter((file) => !file.startsWith(join(workFolder, 'data')))
    expectThat(written.length > 0 && strays.length === 0, 'nothing was written but in its data folder')
  } finally {
    child.kill('SIGKILL')
  }
}

async function becomesHealthy(check: () => Promise<CommandEnd>, exited: Promise<unknown>): Promise<void> {
  let hasEnded = false
  void exited.then(() => (hasEnded = true))
  const deadline = performance.now() + START_MS
  for (;;) {
    const { code, output } = await check()
    if (code === 0) return
    if (hasEnded) throw new Error('It ended before it was healthy')
    if (performance.now() > deadline) throw new Error(`It was not healthy within ${START_MS / 1000} s: ${output}`)
    await wait(200)
  }
}

function filesIn(root: string): readonly string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

function bytesIn(root: string): number {
  return filesIn(root).reduce((sum, file) => sum + statSync(file).size, 0)
}
