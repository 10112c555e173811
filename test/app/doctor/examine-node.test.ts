import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeToken } from '../../../src/access/access-secret.ts'
import { examineNode } from '../../../src/app/doctor/examine-node.ts'
import type { Finding } from '../../../src/app/doctor/finding.ts'
import { openStores } from '../../../src/app/stores.ts'
import { parseSettings } from '../../../src/cli/parse-settings.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { LOOPBACK, startNodeProcess, type NodeProcess } from '../../support/node-process.ts'
import { metaOf } from '../../support/sample-wishes.ts'
import { addSmallCommunity, archiveSmallCommunity } from '../../support/small-community.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

/** A data directory with one community, whose archive the node serves until it is killed. */
let dataDir: string
let node: NodeProcess

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'seedbank-'))
  await using closing = new AsyncDisposableStack()
  const stores = valueOf(await openStores(dataDir, closing))
  await archiveSmallCommunity(stores, await addSmallCommunity(stores, 1))
  const { tokenId, hash } = makeToken()
  const wish = { role: 'ADMIN', communityIds: null, expiresAt: null, now: Date.now() as UnixMillis } as const
  valueOf(await stores.execute({ type: 'CreateToken', tokenId, hash, ...wish }, metaOf()))
  await closing.disposeAsync()
  node = await startNodeProcess(dataDir, PUBLIC)
})

afterAll(async () => {
  await node.stop('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

/** A name that nobody looks up, as the address of peers is given too. */
const PUBLIC = {
  SEEDBANK_PUBLIC_URL: 'https://seedbank.example',
  SEEDBANK_PUBLIC_TORRENT_ADDRESS: '127.0.0.1:1',
}

async function examine(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<readonly Finding[]> {
  return examineNode(valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: folder, ...settings })))
}

function resultsOf(findings: readonly Finding[]): Readonly<Record<string, string>> {
  return Object.fromEntries(findings.map(({ check, result }) => [check, result]))
}

async function look(check: string, folder: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const findings = (await examine(folder, settings)).filter((finding) => finding.check === check)
  return findings.map(({ result, found }) => `${result}: ${found}`).join('\n')
}

/** The position that the log ends at, as it is found. */
async function headOf(folder: string): Promise<number> {
  return Number(/^GOOD: event (\d+), /.exec(await look('log head', folder))?.[1])
}

/** What is in each file, and when it was written. */
function bytesIn(folder: string): Readonly<Record<string, string>> {
  const files = globSync('**', { cwd: folder }).filter((file) => statSync(join(folder, file)).isFile())
  const print = (file: string): string =>
    `${createHash('sha256').update(readFileSync(file)).digest('hex')} ${statSync(file).mtimeMs}`
  return Object.fromEntries(files.map((file) => [file, print(join(folder, file))]))
}

/** As a crash would have left it, some minutes ago. */
function copyCrashed(): string {
  const copy = createTemporaryFolder()
  cpSync(dataDir, copy, { recursive: true })
  const before = new Date(Date.now() - 300_000)
  utimesSync(join(copy, 'runtime.json'), before, before)
  return copy
}

/** @returns The port of a server that says nothing of its own, or these bytes. */
async function occupyPort(answer = ''): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => socket.destroy()).write(answer))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('a node that runs', () => {
  test('is found well, by asking its API and its torrent client', async () => {
    await expect
      .poll(async () => look('torrent port', dataDir))
      .toMatch(/^GOOD: .* answers the handshake for [0-9a-f]{40}$/)
    const findings = await examine(dataDir)
    expect(findings.filter(({ result }) => result === 'BAD')).toEqual([])
    expect(resultsOf(findings)).toMatchObject({
      log: 'GOOD',
      'log head': 'GOOD',
      messages: 'GOOD',
      keys: 'GOOD',
      API: 'GOOD',
    })
    expect(await look('API port', dataDir)).toBe(`GOOD: ${node.url}, held by the node that runs as process ${node.pid}`)
    expect(await look('access', dataDir, { SEEDBANK_AUTH: 'required' })).toMatch(/ there are 1 tokens that are good$/)
    expect(await look('open files', dataDir)).toContain('for the running node, with archives of 1 communities')
  })

  test('is asked for a torrent over HTTP, where it has a public URL', async () => {
    expect(await look('web seed', dataDir)).toBe('')
    const found = /^GOOD: https:\/\/seedbank.example\/seed\/[0-9a-f]{40}.torrent is served$/
    expect(await look('web seed', dataDir, PUBLIC)).toMatch(found)
  })

  test('is said to be unreachable where something else answers on its torrent port', async () => {
    const port = await occupyPort('HTTP/1.1 400 Bad Request')
    expect(await look('torrent port', dataDir, { SEEDBANK_TORRENT_PORT: String(port) })).toMatch(
      /^BAD: .* is no torrent client/,
    )
  })
})

describe('a data directory without a node', () => {
  test('is bad where its disk or its quota has no room', async () => {
    const crashed = copyCrashed()
    expect(await look('disk', crashed, { SEEDBANK_MIN_FREE_BYTES: '9000TB' })).toMatch(/^BAD/)
    expect(await look('quota', crashed, { SEEDBANK_DISK_QUOTA: '100GB' })).toMatch(/^GOOD: .* take 0 of/)
    writeFileSync(join(crashed, 'archives/large'), Buffer.alloc(2_000_000))
    expect(await look('quota', crashed, { SEEDBANK_DISK_QUOTA: '1MB' })).toMatch(/^BAD/)
    expect(await look('quota', crashed)).toBe('')
  })

  test('is read as a crash left it, and no byte of it is changed', async () => {
    const head = await headOf(dataDir)
    const crashed = copyCrashed()
    const before = bytesIn(crashed)
    // What was not written back yet is counted too.
    expect(await headOf(crashed)).toBeGreaterThanOrEqual(head)
    expect(bytesIn(crashed)).toEqual(before)
  })

  test('is left alone too where it was closed', async () => {
    const folder = createTemporaryFolder()
    await using closing = new AsyncDisposableStack()
    await openStores(folder, closing)
    await closing.disposeAsync()
    const before = bytesIn(folder)
    expect(await look('log', folder)).toMatch(/^GOOD: .* opens, and is whole$/)
    expect(bytesIn(folder)).toEqual(before)
  })

  test('need not be there yet, and is not made', async () => {
    const folder = join(createTemporaryFolder(), 'deep', 'data')
    expect(await look('data directory', folder)).toBe(`GOOD: ${folder} is not there yet: the first start makes it`)
    expect(statSync(folder, { throwIfNoEntry: false })).toBeUndefined()
  })

  test('is bad where its log is cut, its keys are open, or it is a file', async () => {
    const crashed = copyCrashed()
    expect(await look('keys', crashed)).toMatch(/^GOOD/)
    chmodSync(join(crashed, 'keys/node'), 0o644)
    expect(await look('keys', crashed)).toMatch(/^BAD: .*keys\/node is readable by others$/)
    rmSync(join(crashed, 'seedbank.db-wal'))
    truncateSync(join(crashed, 'seedbank.db'), 5000)
    expect(await look('log', crashed)).toMatch(/^BAD/)
    expect(await look('data directory', join(crashed, 'seedbank.db'))).toMatch(/^BAD: .* is a file$/)
  })

  test('is warned of where other users may look into it', async () => {
    const folder = createTemporaryFolder()
    expect(await look('data directory', folder)).toMatch(/^GOOD/)
    chmodSync(folder, 0o755)
    expect(await look('data directory', folder)).toMatch(/^WARNING: .* \(0755\)$/)
  })

  test('needs ports that nobody has', async () => {
    const port = String(await occupyPort())
    const folder = createTemporaryFolder()
    expect(await look('API port', folder, { SEEDBANK_PORT: port })).toMatch(/^BAD: .*EADDRINUSE/)
    expect(await look('torrent port', folder, { SEEDBANK_TORRENT_PORT: port })).toMatch(/^BAD: .*EADDRINUSE/)
    expect(await look('API port', folder)).toBe('GOOD: a free one is chosen at start')
  })
})
