import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createPersistentClient } from '../test/support/persistent-client.ts'
import { checkFollowed, checkRecord } from './check-record.ts'
import { liveOn } from './community-life.ts'
import { createPace, killNowAndThen, measure, settledPosition } from './keep-on.ts'
import { report } from './report.ts'
import { startSoakNode } from './soak-node.ts'
import { startSubscribers } from './subscribers.ts'

// npm run soak -- --minutes=10 --subscribers=1000 --communities=50
// Two nodes on loopback: one packs, and is killed every minute; one fetches. Clients follow all signals of the first.

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    subscribers: { type: 'string', default: '1000' },
    communities: { type: 'string', default: '50' },
    /** Steps a second of all communities together. */
    pace: { type: 'string', default: '0.4' },
    /** Seconds between kills; 0 for none. */
    kill: { type: 'string', default: '60' },
  },
})
const runMs = Number(values.minutes) * 60_000
const killMs = Number(values.kill) * 1000

const folder = await mkdtemp(join(tmpdir(), 'seedbank-soak-'))
const faults: string[] = []
try {
  await soak()
} finally {
  await rm(folder, { recursive: true, force: true })
}
for (const fault of faults.slice(0, 20)) console.error(`FAULT: ${fault}`)
console.log(faults.length === 0 ? 'Nothing was lost.' : `${faults.length} faults`)
process.exit(faults.length === 0 ? 0 : 1)

async function soak(): Promise<void> {
  const endedByItself = (name: string) => (end: object) => void faults.push(`${name} ended: ${JSON.stringify(end)}`)
  const control = await startSoakNode(join(folder, 'control'), endedByItself('The node that packs'))
  const member = await startSoakNode(join(folder, 'member'), endedByItself('The node that fetches'))
  const subscribers = startSubscribers(control.url, Number(values.subscribers))
  const startedAt = performance.now()
  const isRunning = (): boolean => performance.now() - startedAt < runMs
  const counts = { packed: 0, fetched: 0, dropped: 0 }
  const clients = [control, member].map((node) => createPersistentClient(node, () => null))
  const [asControl, asMember] = clients as [(typeof clients)[0], (typeof clients)[0]]
  const nextTurn = createPace(Number(values.pace), isRunning)
  const measured = measure(control, member, isRunning)
  const killed = killNowAndThen(control, killMs, isRunning)
  const lives = Array.from({ length: Number(values.communities) }, async () =>
    liveOn({
      control: asControl,
      member: asMember,
      controlUrl: control.url,
      nextTurn,
      count: (what) => void (counts[what] += 1),
    }),
  )
  await Promise.all(lives).catch((fault: unknown) => faults.push(`A community could not live on: ${String(fault)}`))
  const downMs = await killed
  const { memory, probes } = await measured
  const drainedAt = performance.now()
  // The last signals come from reactors: a moment without any is the end.
  const lastPosition = await settledPosition(control)
  const followed = await subscribers.finish(lastPosition)
  const drainMs = performance.now() - drainedAt
  const ends = [await control.stop(), await member.stop()]
  const check = await checkRecord(control.dataDir, asControl.answered, lastPosition)
  const memberCheck = await checkRecord(member.dataDir, asMember.answered, Infinity)
  faults.push(...check.faults, ...memberCheck.faults, ...checkFollowed(followed, check.expected))
  for (const { code } of ends) if (code !== 0) faults.push(`A node stopped with ${code}`)
  for (const node of [control, member]) {
    if (/unhandled|uncaught/i.test(node.errors())) faults.push(`Unhandled: ${node.errors().slice(0, 500)}`)
  }
  report({ counts, check, memberEvents: memberCheck.events, followed, downMs, drainMs, probes, memory, runMs })
}
