import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { createApiClient } from '../support/api-client.ts'
import { writeLines } from '../support/message-file.ts'
import { messageLine } from '../support/numbered-message.ts'
import { startNodeProcess, type NodeProcess } from '../support/node-process.ts'
import { addCommunity } from '../support/node-wishes.ts'
import { runSeedbank, startSeedbank, type CommandEnd } from '../support/run-seedbank.ts'

const TOPIC = '0x0a0b0c0d'
const UNKNOWN = `0x${'77'.repeat(32)}`
const LEAVE = 'mutation ($id: CommunityId!) { leaveCommunity(communityId: $id) { __typename } }'

/** More messages than are recorded before a signal arrives. */
const MANY = 20_000

/** A data directory, the communities that its node knows, one for each test, and the one that it left. */
interface Prepared {
  readonly dataDir: string
  readonly node: NodeProcess
  readonly communities: string[]
  readonly left: string
}

async function prepare(): Promise<Prepared> {
  const dataDir = mkdtempSync(join(tmpdir(), 'seedbank-record-'))
  const node = await startNodeProcess(dataDir)
  const api = createApiClient(node.url)
  const communities: string[] = []
  while (communities.length < 10) communities.push(await addCommunity(api, [TOPIC]))
  const left = await addCommunity(api, [TOPIC])
  await api.request(LEAVE, { id: left })
  await api.close()
  return { dataDir, node, communities, left }
}

async function record(file: string, id: string, dataDir: string, ...flags: string[]): Promise<CommandEnd> {
  return runSeedbank('record', file, '--community', id, '--data-dir', dataDir, ...flags)
}

async function countMessages(dataDir: string, id: string): Promise<number> {
  const reader = openMessageReader(join(dataDir, 'messages.db'))
  try {
    return reader.countMessages(id as CommunityId)
  } finally {
    await reader.close()
  }
}

/** Resolves as soon as some of the messages are recorded. */
async function someRecorded(dataDir: string, id: string): Promise<void> {
  const reader = openMessageReader(join(dataDir, 'messages.db'))
  while (reader.countMessages(id as CommunityId) === 0) await setTimeout(1)
  await reader.close()
}

function manyLines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => messageLine(TOPIC, n))
}

describe.each(['a stopped node', 'a running node'] as const)('recording into %s', (where) => {
  let dataDir: string
  let node: NodeProcess
  let communities: string[]
  let left: string
  const nextCommunity = (): string => communities.pop() ?? ''

  beforeAll(async () => {
    ;({ dataDir, node, communities, left } = await prepare())
    if (where === 'a stopped node') await node.stop()
  }, 60_000)
  afterAll(async () => {
    await node.stop('SIGKILL')
    rmSync(dataDir, { recursive: true })
  })

  test('takes every line, says so, and draws no bar where nobody looks', async () => {
    const id = nextCommunity()
    const file = writeLines(manyLines(2_500))
    expect(await record(file, id, dataDir)).toEqual({
      code: 0,
      out: '2500 recorded, 0 already there, 0 rejected\n',
      errors: '',
    })
    expect(await countMessages(dataDir, id)).toBe(2_500)
    expect((await record(file, id, dataDir)).out).toBe('0 recorded, 2500 already there, 0 rejected\n')
  })

  test('names bad lines with number and reason, while the good ones go in', async () => {
    const id = nextCommunity()
    const other = JSON.stringify({ ...(JSON.parse(messageLine(TOPIC, 0)) as object), payload: '0xff' })
    const file = writeLines([messageLine(TOPIC, 0), 'no json', messageLine('0x0a', 1), other, messageLine(TOPIC, 2)])
    expect(await record(file, id, dataDir)).toEqual({
      code: 1,
      out: '2 recorded, 0 already there, 3 rejected\n',
      errors: [
        'line 2: INVALID_JSON: The line is not JSON',
        'line 3: INVALID_TOPIC: topic must be 0x and 8 hex digits',
        'line 4: CONFLICT: Another message is recorded under the same hash',
        '',
      ].join('\n'),
    })
    expect(await countMessages(dataDir, id)).toBe(2)
  })

  test('with --strict records nothing of a file with a bad line', async () => {
    const id = nextCommunity()
    const file = writeLines([messageLine(TOPIC, 0), messageLine(TOPIC, 1), '{}'])
    const end = await record(file, id, dataDir, '--strict')
    expect(end).toMatchObject({ code: 1, out: '0 recorded, 0 already there, 1 rejected\n' })
    expect(end.errors).toMatch(/^line 3: INVALID_FIELD: .+\n$/)
    expect(await countMessages(dataDir, id)).toBe(0)
    const good = writeLines([messageLine(TOPIC, 0), messageLine(TOPIC, 1)])
    expect((await record(good, id, dataDir, '--strict')).code).toBe(0)
    expect(await countMessages(dataDir, id)).toBe(2)
  })

  test('refuses a community that the node does not know, or left', async () => {
    const file = writeLines([messageLine(TOPIC, 0)])
    const unknown = { code: 2, out: '', errors: `This node does not know the community ${UNKNOWN}: add it first\n` }
    expect(await record(file, UNKNOWN, dataDir)).toEqual(unknown)
    const refused = { code: 2, out: '', errors: `This node left the community ${left}: add it again first\n` }
    expect(await record(file, left, dataDir)).toEqual(refused)
    expect(await countMessages(dataDir, left)).toBe(0)
  })

  test('is finished by a second run where the first was killed', async () => {
    const id = nextCommunity()
    const file = writeLines(manyLines(MANY))
    const first = startSeedbank('record', file, '--community', id, '--data-dir', dataDir)
    await someRecorded(dataDir, id)
    first.child.kill('SIGKILL')
    expect(await first.ended).toMatchObject({ code: null, out: '' })

    const { code, out } = await record(file, id, dataDir)
    const [recorded = 0, duplicates = 0] = [...out.matchAll(/\d+/g)].map(Number)
    expect({ code, sum: recorded + duplicates }).toEqual({ code: 0, sum: MANY })
    expect(recorded).toBeGreaterThan(0)
    expect(duplicates).toBeGreaterThan(0)
    expect(await countMessages(dataDir, id)).toBe(MANY)
  }, 60_000)

  test('takes one message of thirty million bytes', async () => {
    const id = nextCommunity()
    const file = writeLines([messageLine(TOPIC, 0, 30_000_000), messageLine(TOPIC, 1)])
    expect(await record(file, id, dataDir)).toMatchObject({ code: 0, out: '2 recorded, 0 already there, 0 rejected\n' })
    expect(await countMessages(dataDir, id)).toBe(2)
  })

  if (where === 'a stopped node') return

  test('takes each message once from two who record one file at once', async () => {
    const id = nextCommunity()
    const file = writeLines(manyLines(5_000))
    const ends = await Promise.all([record(file, id, dataDir), record(file, id, dataDir)])
    const counts = ends.map(({ out }) => [...out.matchAll(/\d+/g)].map(Number))
    expect(counts.map(([recorded = 0, duplicates = 0]) => recorded + duplicates)).toEqual([5_000, 5_000])
    expect(counts.map(([recorded = 0]) => recorded).reduce((sum, each) => sum + each)).toBe(5_000)
    expect(await countMessages(dataDir, id)).toBe(5_000)
  })

  // The last test here: it leaves no node behind.
  test('ends with a sentence when the node dies, and goes on without it', async () => {
    const id = nextCommunity()
    const file = writeLines(manyLines(MANY))
    const first = startSeedbank('record', file, '--community', id, '--data-dir', dataDir)
    await someRecorded(dataDir, id)
    await node.stop('SIGKILL')
    expect(await first.ended).toEqual({
      code: 1,
      out: '',
      errors: `The server at ${node.url} does not answer: what was recorded stays, and recording the file again finishes it\n`,
    })
    expect((await record(file, id, dataDir)).code).toBe(0)
    expect(await countMessages(dataDir, id)).toBe(MANY)
  }, 60_000)
})
