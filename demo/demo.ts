import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApiClient, type ApiClient } from '../test/support/api-client.ts'
import { freePort } from '../test/support/free-port.ts'
import { startNodeProcess } from '../test/support/node-process.ts'
import { addCommunity, archive, record } from './community-wishes.ts'
import { compareFiles } from './compare-files.ts'
import { fetchWithPlainClient } from './fetch-with-plain-client.ts'
import { sampleCommunity, type SampleCommunity } from './sample-history.ts'
import { printUntilDispatched, type Dispatched } from './signals.ts'

/** Longer than the demo ever takes; it then ends with a failure instead of waiting. */
const LIMIT_MS = 30_000

const folder = await mkdtemp(join(tmpdir(), 'seedbank-demo-'))
const limit = AbortSignal.timeout(LIMIT_MS)
try {
  await runDemo()
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Two communities: packed, seeded, dispatched; then fetched by a client that knows nothing of Seedbank. */
async function runDemo(): Promise<void> {
  const port = String(await freePort())
  const dataDir = join(folder, 'node')
  say('A node starts, on loopback alone')
  const node = await startNodeProcess(dataDir, {
    SEEDBANK_PORT: port,
    // A URL under which others reach the node: so its own tracker is named in every magnet link.
    SEEDBANK_PUBLIC_URL: `http://127.0.0.1:${port}`,
  })
  const api = createApiClient(node.url)
  limit.addEventListener('abort', () => void api.close())
  try {
    const dispatched = await tellHistory(api)
    say('A second process, a plain BitTorrent client, is given the magnet links')
    const fetched = join(folder, 'fetched')
    await fetchWithPlainClient(fetched, dispatched, limit)
    for (const one of dispatched) say(await compareFiles(one, dataDir, fetched))
  } finally {
    await api.close()
    await node.stop()
  }
  say('The node has stopped. That was all.')
}

/** @returns What the two communities were told. */
async function tellHistory(api: ApiClient): Promise<readonly Dispatched[]> {
  const now = Math.floor(Date.now() / 1000)
  const samples = [sampleCommunity('Plum Street', now, 900, 200), sampleCommunity('Night Sky', now, 300, 2_000)]
  const communities: { readonly communityId: string; readonly sample: SampleCommunity }[] = []
  for (const sample of samples) {
    communities.push({ communityId: await addCommunity(api, sample), sample })
    say(`${sample.name} is added: ${communities.at(-1)?.communityId}`)
  }
  const names = new Map(communities.map(({ communityId, sample }) => [communityId, sample.name]))
  const signals = printUntilDispatched(api, names, say)
  for (const { communityId, sample } of communities) {
    say(`${sample.name}: ${await record(api, communityId, sample)} messages are recorded`)
    await archive(api, communityId)
  }
  return signals
}

function say(line: string): void {
  console.log(line)
}
