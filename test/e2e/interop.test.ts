import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareFiles } from '../../demo/compare-files.ts'
import { fetchWithPlainClient } from '../../demo/fetch-with-plain-client.ts'
import type { Dispatched } from '../../demo/signals.ts'
import { createApiClient } from '../support/api-client.ts'
import { freePort } from '../support/free-port.ts'
import { startNodeProcess, type NodeProcess } from '../support/node-process.ts'
import { fetchWithAria2, fetchWithLibtorrent, hasAria2, hasLibtorrent } from '../support/other-clients.ts'
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

describe('with nothing but the magnet link, every byte is fetched', () => {
  let dataDir: string
  let node: NodeProcess
  let archives: Readonly<Record<'200 kB' | 'several MB', Dispatched>>

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'seedbank-interop-'))
    node = await startPublicNode(dataDir, 'prefer')
    const api = createApiClient(node.url)
    archives = { '200 kB': await seedArchive(api, SMALL), 'several MB': await seedArchive(api, LARGE) }
    await api.close()
  }, LONGEST_MS)
  afterAll(async () => {
    await node.stop('SIGKILL')
    rmSync(dataDir, { recursive: true })
  })

  describe.each(['200 kB', 'several MB'] as const)('of %s', (size) => {
    test.runIf(hasAria2)('by aria2', { timeout: LONGEST_MS }, async () => {
      const folder = createTemporaryFolder()
      await fetchWithAria2(folder, archives[size].magnetUri)
      expect(await compareFiles(archives[size], dataDir, folder)).toMatch(/all \d+ bytes/)
    })

    test.runIf(hasLibtorrent)('by libtorrent, and not at the pace of Nagle', { timeout: LONGEST_MS }, async () => {
      const folder = createTemporaryFolder()
      const fetched = await fetchWithLibtorrent(folder, archives[size].magnetUri)
      expect(fetched).toHaveProperty('transferMs')
      const compared = await compareFiles(archives[size], dataDir, folder)
      console.log(`libtorrent, ${size}: ${JSON.stringify(fetched)} ${compared}`)
      if (size === '200 kB') expect(fetched).toHaveProperty('transferMs', expect.toSatisfy(isSwift))
    })

    test('by a plain webtorrent', { timeout: LONGEST_MS }, async ({ signal }) => {
      const folder = createTemporaryFolder()
      await fetchWithPlainClient(folder, [archives[size]], signal)
      expect(await compareFiles(archives[size], dataDir, folder)).toMatch(/all \d+ bytes/)
    })
  })
})

function isSwift(transferMs: number): boolean {
  return transferMs < LOOSE_TRANSFER_MS
}

describe.each(['prefer', 'off', 'require'] as const)('with encryption set to %s', (encryption) => {
  let dataDir: string
  let node: NodeProcess
  let archive: Dispatched

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'seedbank-encryption-'))
    node = await startPublicNode(dataDir, encryption)
    const api = createApiClient(node.url)
    archive = await seedArchive(api, SMALL)
    await api.close()
  }, LONGEST_MS)
  afterAll(async () => {
    await node.stop('SIGKILL')
    rmSync(dataDir, { recursive: true })
  })

  async function expectServed(fetch: (folder: string) => Promise<object>): Promise<void> {
    const folder = createTemporaryFolder()
    expect(await fetch(folder)).not.toHaveProperty('refused')
    expect(await compareFiles(archive, dataDir, folder)).toMatch(/all \d+ bytes/)
  }

  const insisting = encryption === 'off' ? 'gets nothing' : 'is served'
  test.runIf(hasLibtorrent)(`a libtorrent that insists on it ${insisting}`, { timeout: LONGEST_MS }, async () => {
    const fetch = async (folder: string) => fetchWithLibtorrent(folder, archive.magnetUri, 'forced')
    if (encryption === 'off') expect(await fetch(createTemporaryFolder())).toHaveProperty('refused')
    else await expectServed(fetch)
  })

  const plain = encryption === 'require' ? 'gets nothing' : 'is served'
  test.runIf(hasLibtorrent)(`a libtorrent that speaks plain text alone ${plain}`, { timeout: LONGEST_MS }, async () => {
    const fetch = async (folder: string) => fetchWithLibtorrent(folder, archive.magnetUri, 'disabled')
    if (encryption === 'require') expect(await fetch(createTemporaryFolder())).toHaveProperty('refused')
    else await expectServed(fetch)
  })

  // By default aria2 tries both.
  const insists = encryption === 'off' ? [] : ['--bt-require-crypto=true', '--bt-min-crypto-level=arc4']
  const aria2 = encryption === 'off' ? 'does without' : 'insists on it'
  test.runIf(hasAria2)(`an aria2 that ${aria2} is served`, { timeout: LONGEST_MS }, async () => {
    await expectServed(async (folder) => ({ aria2: await fetchWithAria2(folder, archive.magnetUri, ...insists) }))
  })
})
