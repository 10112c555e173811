import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareFiles } from '../../demo/compare-files.ts'
import { fetchWithPlainClient } from '../../demo/fetch-with-plain-client.ts'
import type { Dispatched } from '../../demo/signals.ts'
import { createApiClient } from '../support/api-client.ts'
import { freePort } from '../support/free-port.ts'
import { startNodeProcess, type NodeProcess } from '../support/node-process.ts'
import {
  fetchFromWebSeed,
  fetchWithAria2,
  fetchWithLibtorrent,
  hasAria2,
  hasLibtorrent,
} from '../support/other-clients.ts'
import { promisedMs } from '../support/promised-ms.ts'
import { seedArchive } from '../support/seeded-archive.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** `data` of exactly two pieces. */
const SMALL = { messages: 650, payloadBytes: 240 }
const LARGE = { messages: 1_000, payloadBytes: 5_000 }

const LONGEST_MS = 60_000

/** Nagle's algorithm makes 95 of it. A busy machine makes more than an idle one's 5 to 20. */
const LOOSE_TRANSFER_MS = 500

/** A node that others reach on loopback, so that its own tracker is the one that its magnet links name. */
async function startPublicNode(dataDir: string, encryption: string): Promise<NodeProcess> {
  const port = String(await freePort())
  return startNodeProcess(dataDir, {
    SEEDBANK_PORT: port,
    SEEDBANK_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SEEDBANK_ENCRYPTION: encryption,
  })
}

type Encryption = 'prefer' | 'off' | 'require'

/** A node, and what it serves of each size. */
interface Serving {
  readonly dataDir: string
  readonly node: NodeProcess
  readonly archives: Readonly<Record<'200 kB' | 'several MB', Dispatched>>
}

let serving: Readonly<Record<Encryption, Serving>>

beforeAll(async () => {
  const [prefer, off, require] = await Promise.all((['prefer', 'off', 'require'] as const).map(startServing))
  if (prefer === undefined || off === undefined || require === undefined) return expect.unreachable()
  serving = { prefer, off, require }
}, LONGEST_MS)

afterAll(async () => {
  for (const { node, dataDir } of Object.values(serving)) {
    await node.stop('SIGKILL')
    rmSync(dataDir, { recursive: true })
  }
})

async function startServing(encryption: Encryption): Promise<Serving> {
  const dataDir = mkdtempSync(join(tmpdir(), 'seedbank-interop-'))
  const node = await startPublicNode(dataDir, encryption)
  const api = createApiClient(node.url)
  const archives = { '200 kB': await seedArchive(api, SMALL), 'several MB': await seedArchive(api, LARGE) }
  await api.close()
  return { dataDir, node, archives }
}

type Size = keyof Serving['archives']

/** What is served, with those parts of its link alone that lead to peers, or to no peer. */
function linkWithout(archive: Dispatched, parts: 'web seeds' | 'peers'): Dispatched {
  const left = parts === 'peers' ? /&tr=[^&]*/g : /&(?:ws|xs)=[^&]*/g
  expect(archive.magnetUri).toMatch(left)
  return { ...archive, magnetUri: archive.magnetUri.replaceAll(left, '') }
}

/** What is served, to whoever knows of its peers alone. */
function archiveOf(encryption: Encryption, size: Size): Dispatched {
  return linkWithout(serving[encryption].archives[size], 'web seeds')
}

async function expectFetched(encryption: Encryption, size: Size, folder: string): Promise<string> {
  const { archives, dataDir } = serving[encryption]
  const compared = await compareFiles(archives[size], dataDir, folder)
  expect(compared).toMatch(/all \d+ bytes/)
  return compared
}

describe.each(['200 kB', 'several MB'] as const)(
  'with nothing but the magnet link, every byte of %s is fetched',
  (size) => {
    const linkOf = (): string => archiveOf('prefer', size).magnetUri

    test.runIf(hasLibtorrent)('by libtorrent, and not at the pace of Nagle', { timeout: LONGEST_MS }, async () => {
      const folder = createTemporaryFolder()
      const fetched = await fetchWithLibtorrent(folder, linkOf())
      expect(fetched).toHaveProperty('transferMs')
      const compared = await expectFetched('prefer', size, folder)
      console.log(`libtorrent, ${size}: ${JSON.stringify(fetched)} ${compared}`)
      if (size === '200 kB') expect(fetched).toHaveProperty('transferMs', expect.toSatisfy(isSwift))
    })

    test('by a plain webtorrent', { timeout: LONGEST_MS }, async ({ signal }) => {
      const folder = createTemporaryFolder()
      await fetchWithPlainClient(folder, [archiveOf('prefer', size)], signal)
      await expectFetched('prefer', size, folder)
    })
  },
)

function isSwift(transferMs: number): boolean {
  return transferMs < promisedMs(LOOSE_TRANSFER_MS)
}

describe.each(['prefer', 'off', 'require'] as const)('with encryption set to %s', (encryption) => {
  const linkOf = (): string => archiveOf(encryption, '200 kB').magnetUri

  const insisting = encryption === 'off' ? 'gets nothing' : 'is served'
  test.runIf(hasLibtorrent)(`a libtorrent that insists on it ${insisting}`, { timeout: LONGEST_MS }, async () => {
    const folder = createTemporaryFolder()
    const fetched = await fetchWithLibtorrent(folder, linkOf(), 'forced')
    if (encryption === 'off') return expect(fetched).toHaveProperty('refused')
    expect(fetched).not.toHaveProperty('refused')
    await expectFetched(encryption, '200 kB', folder)
  })

  const plain = encryption === 'require' ? 'gets nothing' : 'is served'
  test.runIf(hasLibtorrent)(`a libtorrent that speaks plain text alone ${plain}`, { timeout: LONGEST_MS }, async () => {
    const folder = createTemporaryFolder()
    const fetched = await fetchWithLibtorrent(folder, linkOf(), 'disabled')
    if (encryption === 'require') return expect(fetched).toHaveProperty('refused')
    expect(fetched).not.toHaveProperty('refused')
    await expectFetched(encryption, '200 kB', folder)
  })
})

/** By default aria2 tries both. */
const INSISTING = ['--bt-require-crypto=true', '--bt-min-crypto-level=arc4']

// Five seconds of idle waiting each, whatever there is to fetch: it looks at what it has once a second.
describe.runIf(hasAria2)('by aria2 every byte is fetched', { concurrent: true, timeout: LONGEST_MS }, () => {
  test.for([
    ['200 kB, with nothing but the magnet link', 'prefer', '200 kB', []],
    ['several MB, with nothing but the magnet link', 'prefer', 'several MB', []],
    ['200 kB, encrypted alone, of a node that prefers to', 'prefer', '200 kB', INSISTING],
    ['200 kB, of a node that does not encrypt', 'off', '200 kB', []],
    ['200 kB, encrypted alone, of a node that insists on it', 'require', '200 kB', INSISTING],
  ] as const)('%s', async ([_what, encryption, size, flags], { expect: expectHere, onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'seedbank-aria2-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const { archives, dataDir } = serving[encryption]
    await fetchWithAria2(folder, archiveOf(encryption, size).magnetUri, ...flags)
    expectHere(await compareFiles(archives[size], dataDir, folder)).toMatch(/all \d+ bytes/)
  })
})

describe(
  'with no peer that is known, every byte comes from the web seed',
  { concurrent: true, timeout: LONGEST_MS },
  () => {
    const clients = [
      ['libtorrent, by the torrent file', hasLibtorrent, fetchFromWebSeed],
      ['aria2, by the torrent file', hasAria2, fetchWithAria2],
    ] as const
    for (const [name, isThere, fetchAll] of clients)
      test.runIf(isThere)(`by ${name}`, async ({ expect: expectHere, onTestFinished }) => {
        const folder = mkdtempSync(join(tmpdir(), 'seedbank-web-seed-'))
        onTestFinished(() => rmSync(folder, { recursive: true }))
        const { archives, dataDir, node } = serving.prefer
        const archive = archives['several MB']
        const path = join(folder, 'a.torrent')
        const answer = await fetch(`${node.url}/seed/${archive.infoHash}.torrent`)
        writeFileSync(path, await answer.bytes())
        await fetchAll(folder, path)
        expectHere(await compareFiles(archive, dataDir, folder)).toMatch(/all \d+ bytes/)
      })

    test('by a plain webtorrent, by the magnet link', async ({ signal, expect: expectHere, onTestFinished }) => {
      const folder = mkdtempSync(join(tmpdir(), 'seedbank-web-seed-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const { archives, dataDir } = serving.prefer
      const archive = archives['several MB']
      await fetchWithPlainClient(folder, [linkWithout(archive, 'peers')], signal)
      expectHere(await compareFiles(archive, dataDir, folder)).toMatch(/all \d+ bytes/)
    })
  },
)
