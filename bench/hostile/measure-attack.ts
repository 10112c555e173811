import { setTimeout } from 'node:timers/promises'
import { forgetPeak, readMemory } from '../packing/process-memory.ts'
import type { Target } from './attack.ts'
import type { AttackName } from './attacks.ts'
import type { LegitimateClients } from './legitimate-client.ts'
import { startAttacker, type Counts } from './start-attacker.ts'

/** All connections of an attack are gone in one moment: until all that is cleared away, it is neither attack nor quiet. */
const PARTING_MS = 2_000
const QUIET_MS = 8_000

/** What a node was like under an attack. Megabytes and milliseconds. */
export interface MeasuredAttack {
  readonly name: AttackName
  readonly before: number
  readonly peak: number
  /** Ten seconds after the attack. */
  readonly after: number
  readonly attacked: readonly number[]
  /** Once the attackers are gone, all at a time. */
  readonly parting: readonly number[]
  /** Of the quiet after it. */
  readonly quiet: readonly number[]
  readonly failures: readonly string[]
  readonly missed: number
  readonly counts: Counts
}

/**
 * Measures one attack and the quiet after it.
 *
 * @param lastsMs How long the attack goes on, at least: a second of it is after all that it opens was opened.
 */
export async function measureAttack(
  name: AttackName,
  target: Target,
  pid: number,
  clients: LegitimateClients,
  lastsMs: number,
): Promise<MeasuredAttack> {
  const attacker = await startAttacker(name, target)
  const before = readMemory(pid).nowMegabytes
  forgetPeak(pid)
  clients.takeLatencies()
  const startedAt = performance.now()
  await attacker.attack()
  await setTimeout(Math.max(1_000, startedAt + lastsMs - performance.now()))
  const counts = await attacker.counts()
  const attacked = clients.takeLatencies()
  await attacker.kill()
  await setTimeout(PARTING_MS)
  const parting = clients.takeLatencies()
  const quiet = await measureQuiet(clients, QUIET_MS)
  const { nowMegabytes, peakMegabytes } = readMemory(pid)
  const [failures, missed] = [clients.takeFailures(), clients.missed()]
  return { name, before, peak: peakMegabytes, after: nowMegabytes, attacked, parting, quiet, failures, missed, counts }
}

/** How long queries take while nobody attacks. */
export async function measureQuiet(clients: LegitimateClients, ms: number): Promise<readonly number[]> {
  clients.takeLatencies()
  await setTimeout(ms)
  return clients.takeLatencies()
}
