import { findRunning } from '../runtime-file.ts'
import type { Settings } from '../settings.ts'
import { checkAccess } from './check-access.ts'
import { checkDatabases, type TokensFound } from './check-databases.ts'
import { checkDirectory } from './check-directory.ts'
import { checkDisk } from './check-disk.ts'
import { checkClock, checkNodeVersion, checkOpenFiles, readClocks } from './check-machine.ts'
import { checkApiPort, checkTorrentPort } from './check-ports.ts'
import { checkReach } from './check-reach.ts'
import { checkWebSeed } from './check-web-seed.ts'
import type { Examination } from './examination.ts'
import { bad, reasonOf, type Finding } from './finding.ts'

/** Where there is no log, or it cannot be read. */
const NO_TOKENS: TokensFound = { live: 0, expired: 0, endAt: null }

/**
 * Looks at all that a node needs, beside a running one or without one, and changes nothing.
 *
 * @returns What was found, in the order in which it is best mended. Never throws.
 */
export async function examineNode(settings: Settings): Promise<readonly Finding[]> {
  const began = readClocks()
  const running = await attempt('data directory', () => findRunning(settings.dataDir))
  if (!running.ok) return [running.finding]
  const examination: Examination = { settings, running: running.value }
  const first = await all([
    ['Node', () => [checkNodeVersion()]],
    ['data directory', () => checkDirectory(examination)],
  ])
  const databases = await attempt('log', () => checkDatabases(examination))
  const { findings, head } = databases.ok ? databases.value : { findings: [databases.finding], head: null }
  const rest = await all([
    ['disk', async () => checkDisk(examination)],
    ['clock', () => [checkClock(began, head?.newestAt ?? null)]],
    ['open files', () => checkOpenFiles(examination)],
    ['API port', async () => checkApiPort(examination)],
    ['access', async () => [await checkAccess(settings, head?.tokens ?? NO_TOKENS)]],
    ['torrent port', async () => checkTorrentPort(examination, head?.servedInfoHash ?? null)],
    ['web seed', async () => checkWebSeed(examination, head?.servedInfoHash ?? null)],
    ['peers', () => checkReach(settings)],
  ])
  return [...first, ...findings, ...rest]
}

type Check = readonly [name: string, look: () => readonly Finding[] | Promise<readonly Finding[]>]

async function all(checks: readonly Check[]): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const [name, look] of checks) {
    const looked = await attempt(name, look)
    findings.push(...(looked.ok ? looked.value : [looked.finding]))
  }
  return findings
}

type Attempt<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly finding: Finding }

/** One check that fails must not keep the others from being made. */
async function attempt<Value>(check: string, look: () => Value | Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await look() }
  } catch (fault) {
    const finding = bad(check, `it cannot be looked at: ${reasonOf(fault)}`, 'mend what that says, and run this again')
    return { ok: false, finding }
  }
}
