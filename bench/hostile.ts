/**
 * What others notice of attackers, and how much memory these get out of a node.
 *
 * A node in a process of its own, on loopback, that demands tokens as one does that is reachable; attackers in another
 * process, at a lower priority, as they have machines of their own elsewhere; and here those who are to be served: see
 * `legitimate-client.ts`. Each attack is between two quiet slices, and is compared with these. All limits are the defaults.
 * Attackers without a token say that they come from many addresses (X-Forwarded-For, which is believed of a proxy on
 * this machine), so that limits by address hold none of them back at once; the limit of connections from one address
 * does not count loopback, and is not seen at work here.
 *
 * Run on a machine that does nothing else: `npm run bench -- hostile`, with `--seconds=` for how long each attack lasts,
 * `--connections=`, `--only=` a part of the names, `--node-options=` for the node alone. It ends with 1 where a promise is not
 * kept. Linux only.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startNodeProcess } from '../test/support/node-process.ts'
import { ATTACK_NAMES } from './hostile/attacks.ts'
import { startLegitimateClients } from './hostile/legitimate-client.ts'
import { measureAttack, measureQuiet } from './hostile/measure-attack.ts'
import { prepareNode } from './hostile/prepare-node.ts'
import { printHeads, reportAttack } from './hostile/report.ts'

const PROMISED = { megabytes: 900, ratio: 3 } as const
const BACKLOG_EVENTS = 50_000
const WARM_UP_MS = 4_000
const QUIET_MS = 6_000
/** Descriptors for all else that a process has open. */
const OTHER_FILES = 500

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
    'node-options': { type: 'string', default: '' },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
try {
  const faults = await bench()
  for (const fault of faults) console.log(`FAIL ${fault}`)
  console.log(
    faults.length === 0
      ? `PASS p99 grew at most ${PROMISED.ratio} times, the process took at most ${PROMISED.megabytes} MB, all were served`
      : `FAIL ${faults.length} of what is promised`,
  )
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function bench(): Promise<readonly string[]> {
  await using closing = new AsyncDisposableStack()
  const connections = connectionsWithin(Number(flags.connections))
  const prepared = await prepareNode(folder, BACKLOG_EVENTS)
  const node = await startNodeProcess(folder, { SEEDBANK_AUTH: 'required', NODE_OPTIONS: flags['node-options'] })
  closing.defer(async () => void (await node.stop()))
  const clients = await startLegitimateClients(node.url, prepared)
  closing.defer(clients.stop)
  const { communityId, hostileViewerToken: viewerToken, hostileOperatorToken: operatorToken } = prepared
  const target = { port: Number(new URL(node.url).port), communityId, viewerToken, operatorToken, connections }
  await setTimeout(WARM_UP_MS)
  let quiet = await measureQuiet(clients, QUIET_MS)
  const faults: string[] = clients.takeFailures().map((failure) => `before any attack: ${failure}`)
  printHeads()
  for (const name of ATTACK_NAMES.filter((each) => each.includes(flags.only))) {
    const measured = await measureAttack(name, target, node.pid, clients, Number(flags.seconds) * 1000)
    faults.push(...reportAttack(measured, quiet, PROMISED))
    quiet = measured.quiet
  }
  return faults
}

/** Node raises the limit of files to the hard one by itself, which all processes here inherit. */
function connectionsWithin(wanted: number): number {
  const limit = execFileSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  const most = limit === 'unlimited' ? Infinity : Number(limit) - OTHER_FILES
  if (wanted > most) console.log(`A process may have ${limit} files open: ${most} connections in place of ${wanted}`)
  return Math.min(wanted, most)
}
