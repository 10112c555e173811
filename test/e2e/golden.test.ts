import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiClient, type ApiClient } from '../support/api-client.ts'
import { GOLDEN_CASES, goldenPathOf, readGoldenCase, type GoldenStep } from '../support/golden.ts'
import { startNodeProcess, type NodeProcess } from '../support/node-process.ts'
import { addCommunity, createArchive } from '../support/node-wishes.ts'
import { runSeedbank } from '../support/run-seedbank.ts'

/** The case whose index the reference wrote in another order than we do, so that its info hash is another. */
const OTHER_INDEX_ORDER = 'three-weeks'

/** Sixty megabytes, which `test/archives` packs: too much for every run of the whole. */
const TOO_LARGE = 'two-chunks'

const FIRST = ['CreatingHistoryArchives', 'HistoryArchivesCreated', 'HistoryArchivesSeeding', 'MagnetlinkDispatched']
const EMPTY = ['CreatingHistoryArchives', 'NoHistoryArchivesCreated']

const SIGNALS = `subscription ($id: CommunityId!) { signals(communityId: $id, after: "START") { __typename } }`

const HISTORY = `query ($id: CommunityId!) {
  community(communityId: $id) {
    archives { edges { node { archiveId } } }
    magnetlink { infoHash }
  }
}`

interface Signal {
  readonly __typename: string
}

interface History {
  readonly community: {
    readonly archives: { readonly edges: readonly { readonly node: { readonly archiveId: string } }[] }
    readonly magnetlink: { readonly infoHash: string } | null
  }
}

let dataDir: string
let node: NodeProcess
let api: ApiClient

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'seedbank-golden-'))
  // Without grace a replaced torrent goes as soon as the new one is served.
  node = await startNodeProcess(dataDir, { SEEDBANK_GRACE_SECONDS: '0' })
  api = createApiClient(node.url)
}, 60_000)
afterAll(async () => {
  await api.close()
  await node.stop('SIGKILL')
  rmSync(dataDir, { recursive: true })
})

describe.each(GOLDEN_CASES.filter((name) => name !== TOO_LARGE))('%s, through the whole node', (name) => {
  const golden = readGoldenCase(name)
  const id = golden.communityId

  test('makes the bytes, ids and signals of the reference', { timeout: 60_000 }, async () => {
    await addCommunity(api, golden.topics, id)
    const signals = api.subscribe<{ signals: Signal }>(SIGNALS, { id })
    const added = await take(signals, 2)
    expect(added.map(({ __typename }) => __typename)).toEqual(['CommunityAdded', 'ArchivingEnabled'])
    const archiveIds: string[] = []
    for (const step of golden.steps) {
      await recordStep(name, id, step)
      await createArchive(api, id, step)
      archiveIds.push(...(step.written?.archiveIds ?? []))
      await expectSignals(signals, step)
      const { community } = await api.request<History>(HISTORY, { id })
      expect(community.archives.edges.map((edge) => edge.node.archiveId)).toEqual(archiveIds)
      expectFiles(name, id, step, community.magnetlink?.infoHash)
    }
    await signals.return?.()
  })
})

async function recordStep(name: string, id: string, { step }: GoldenStep): Promise<void> {
  const file = goldenPathOf(name, `messages-${step}.ndjson`)
  const { code, errors } = await runSeedbank('record', file, '--community', id, '--data-dir', dataDir)
  expect({ code, errors }).toEqual({ code: 0, errors: '' })
}

/** In their order; what is said of the torrent that goes, and of the link that is given, may come either way. */
async function expectSignals(
  signals: AsyncIterator<{ signals: Signal }>,
  { written, step }: GoldenStep,
): Promise<void> {
  const expected = written === null ? EMPTY : step === 1 ? FIRST : [...FIRST, 'HistoryArchivesUnseeded']
  const names = (await take(signals, expected.length)).map(({ __typename }) => __typename)
  expect(names.slice(0, 3)).toEqual(expected.slice(0, 3))
  expect(names.slice(3).toSorted()).toEqual(expected.slice(3).toSorted())
}

function expectFiles(name: string, id: string, { written }: GoldenStep, infoHash: string | undefined): void {
  if (written === null) {
    expect(infoHash).toBeUndefined()
    return
  }
  const data = readFileSync(join(dataDir, 'archives', id, 'data.1'))
  expect(data.length).toBe(written.dataBytes)
  expect(createHash('sha256').update(data).digest('hex')).toBe(written.dataSha256)
  expect(data.equals(written.data ?? Buffer.alloc(0))).toBe(true)
  expect(infoHash === written.infoHash).toBe(name !== OTHER_INDEX_ORDER)
}

async function take(signals: AsyncIterator<{ signals: Signal }>, count: number): Promise<readonly Signal[]> {
  const taken: Signal[] = []
  while (taken.length < count) {
    const next = await signals.next()
    if (next.done === true) throw new Error(`The signals ended after ${JSON.stringify(taken)}`)
    taken.push(next.value.signals)
  }
  return taken
}
