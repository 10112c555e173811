import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../test/support/free-port.ts'
import { addCommunity, archive, joinCommunity, record } from './community-wishes.ts'
import { compareFiles } from './compare-files.ts'
import { compareMessages } from './compare-messages.ts'
import { startDemoNode, type DemoNode } from './demo-node.ts'
import { fetchWithPlainClient } from './fetch-with-plain-client.ts'
import { sampleCommunity, type SampleCommunity } from './sample-history.ts'
import { dispatchedOf, printSignalsUntil, type Dispatched } from './signals.ts'

/** Longer than the demo ever takes; it then ends with a failure instead of waiting. */
const LIMIT_MS = 60_000

/** A community that the control node owns and the member is part of. */
interface SharedCommunity extends SampleCommunity {
  readonly communityId: string
}

const folder = await mkdtemp(join(tmpdir(), 'seedbank-demo-'))
const limit = AbortSignal.timeout(LIMIT_MS)
try {
  await runDemo()
} finally {
  await rm(folder, { recursive: true, force: true })
}

/**
 * Two communities: a control node packs, seeds and announces them; a member fetches them, takes their messages over and
 * seeds on. Then the control node is gone, and a client that knows nothing of Seedbank fetches all from the member.
 */
async function runDemo(): Promise<void> {
  await using nodes = new AsyncDisposableStack()
  const { control, member } = await startBoth(nodes)
  const communities = await addToBoth(control, member)
  const dispatched = await tellHistory(control, member, communities)
  for (const community of communities) say(await compareMessages(community, control.dataDir, member.dataDir))
  await control.stop()
  say('The control node has stopped, and its tracker with it')
  say(
    'A third process, a plain BitTorrent client, is given the magnet links. The tracker that still answers is the member',
  )
  const fetched = join(folder, 'fetched')
  await fetchWithPlainClient(fetched, dispatched, limit)
  for (const one of dispatched) say(await compareFiles(one, control.dataDir, fetched))
  await member.stop()
  say('The member has stopped. That was all.')
}

/**
 * The magnet links name two trackers: the control node's own, as each node with a public URL puts its own in, and the
 * member's, which the control node is told to name.
 */
async function startBoth(nodes: AsyncDisposableStack): Promise<Record<'control' | 'member', DemoNode>> {
  const [controlPort, memberPort] = [String(await freePort()), String(await freePort())]
  const [controlUrl, memberUrl] = [`http://127.0.0.1:${controlPort}`, `http://127.0.0.1:${memberPort}`]
  say('A control node and a member start, on loopback alone')
  const control = await startDemoNode('control', join(folder, 'control'), limit, {
    SEEDBANK_PORT: controlPort,
    SEEDBANK_PUBLIC_URL: controlUrl,
    SEEDBANK_TRACKERS: `${memberUrl}/announce`,
  })
  nodes.defer(control.stop)
  const member = await startDemoNode('member ', join(folder, 'member'), limit, {
    SEEDBANK_PORT: memberPort,
    SEEDBANK_PUBLIC_URL: memberUrl,
    SEEDBANK_SETTLE_SECONDS: '0',
  })
  nodes.defer(member.stop)
  say(`Magnet links will name the tracker of the control node (${controlUrl}) and that of the member (${memberUrl})`)
  return { control, member }
}

async function addToBoth(control: DemoNode, member: DemoNode): Promise<readonly SharedCommunity[]> {
  const now = Math.floor(Date.now() / 1000)
  const samples = [sampleCommunity('Plum Street', now, 900, 200), sampleCommunity('Night Sky', now, 300, 2_000)]
  const communities: SharedCommunity[] = []
  for (const sample of samples) {
    const communityId = await addCommunity(control.api, sample)
    await joinCommunity(member.api, communityId, control.url)
    say(`${sample.name} is added, and the member joins it and follows the control node: ${communityId}`)
    communities.push({ communityId, ...sample })
  }
  return communities
}

/** @returns What the communities were told, once the member seeds all of it on and has taken the messages over. */
async function tellHistory(
  control: DemoNode,
  member: DemoNode,
  communities: readonly SharedCommunity[],
): Promise<readonly Dispatched[]> {
  const names = new Map(communities.map(({ communityId, name }) => [communityId, name]))
  const heard = Promise.all([
    printSignalsUntil(control, names, say, ['MagnetlinkDispatched']),
    printSignalsUntil(member, names, say, ['HistoryArchivesSeeding', 'DownloadingHistoryArchivesFinished']),
  ])
  for (const community of communities) {
    say(`${community.name}: ${await record(control.api, community.communityId, community)} messages are recorded`)
    await archive(control.api, community.communityId)
  }
  const [signals] = await heard
  return dispatchedOf(signals)
}

function say(line: string): void {
  console.log(line)
}
