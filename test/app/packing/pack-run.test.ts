import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { v7 } from 'uuid'
import { readFreeBytes } from '../../../src/app/packing/free-bytes.ts'
import { createPackingThreads, createPackRun, type PackRunPorts } from '../../../src/app/packing/pack-run.ts'
import { PARTITION_SECONDS, type RunId } from '../../../src/domain/archive.ts'
import type { UnixMillis, UnixSeconds } from '../../../src/domain/time.ts'
import type { Packed, RunningRun } from '../../../src/reactors/archiving-reactor.ts'
import { SAMPLE_TOPIC, sampleMessages } from '../../support/sample-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { COMMUNITY, openTemporaryStore } from '../../support/temporary-message-store.ts'
import { valueOf } from '../../support/value-of.ts'

const START = 1_700_000_000
/** What is left free for the log, and the least that an archive takes. */
const [RESERVED_BYTES, PIECE_BYTES] = [16_777_216, 102_400]

interface PackingNode {
  readonly ports: PackRunPorts
  readonly failures: readonly string[]
  /** Records messages that differ, all sent at one second, counted from the start. */
  readonly record: (count: number, second: number) => Promise<void>
  readonly files: () => readonly string[]
}

function openPackingNode(room: Partial<Pick<PackRunPorts, 'readFreeBytes' | 'quotaOf'>> = {}): PackingNode {
  const archivesDir = createTemporaryFolder()
  const { store, file: messagesFile } = openTemporaryStore(createTemporaryFolder())
  const failures: string[] = []
  const ports: PackRunPorts = {
    archivesDir,
    packRecorded: createPackingThreads(messagesFile),
    trackersOf: async () => ['http://tracker.example/announce'],
    publicUrl: null,
    readNewestVersion: async () => null,
    readNewestGeneration: async () => 0,
    quotaOf: async () => null,
    readFreeBytes: async () => readFreeBytes(archivesDir),
    now: () => 1_800_000_000_000 as UnixMillis,
    logFailure: (details) => failures.push(details),
    ...room,
  }
  return {
    ports,
    failures,
    record: async (count, second) => {
      await store.record(COMMUNITY, sampleMessages(count, { timestamp: (START + second) as UnixSeconds }))
    },
    files: () => readdirSync(archivesDir, { recursive: true }).map(String),
  }
}

/** A run over [from, to), counted from the start. */
function runOf(from: number, to: number, recordedAfter = 0): RunningRun {
  return {
    communityId: COMMUNITY,
    runId: v7() as RunId,
    from: (START + from) as UnixSeconds,
    to: (START + to) as UnixSeconds,
    contentTopics: [SAMPLE_TOPIC],
    partitionSeconds: PARTITION_SECONDS,
    recordedAfter,
    cause: v7(),
    correlationId: v7(),
  }
}

const neverAborts = new AbortController().signal

function archivesOf(packed: Packed): readonly (readonly number[])[] {
  if (packed.type !== 'CREATED') throw new Error('No archive was created')
  return packed.archive.archives.map(({ from, to, messages }) => [from - START, to - START, messages])
}

describe('a run', () => {
  test('packs what came late since the last one looked, and nothing that it had packed', async () => {
    const { ports, record } = openPackingNode()
    await record(3, 5)
    await record(2, 20)
    const first = valueOf(await createPackRun(ports)(runOf(0, 10), neverAborts))
    expect(first).toMatchObject({ type: 'CREATED', archive: { recordedUpTo: 5 } })
    expect(archivesOf(first)).toEqual([[0, 10, 3]])
    await record(7, 8)

    const second = valueOf(await createPackRun(ports)(runOf(10, 30, 5), neverAborts))

    expect(archivesOf(second)).toEqual([
      [10, 30, 2],
      [8, 9, 7],
    ])
    expect(second).toMatchObject({ archive: { recordedUpTo: 12 } })
  })
})

describe('the room for a run', () => {
  test('that is too little on the disk fails it before it writes, with the numbers', async () => {
    const { ports, record, files, failures } = openPackingNode({ readFreeBytes: async () => RESERVED_BYTES })
    await record(3, 5)

    const packed = await createPackRun(ports)(runOf(0, 10), neverAborts)

    expect(packed).toMatchObject({ ok: false, error: { code: 'DISK_FULL', numbers: { freeBytes: RESERVED_BYTES } } })
    const { neededBytes = 0 } = packed.ok ? {} : packed.error.numbers
    expect(neededBytes).toBeGreaterThan(RESERVED_BYTES + PIECE_BYTES)
    expect(neededBytes).toBeLessThan(RESERVED_BYTES + 2 * PIECE_BYTES)
    expect(files()).toEqual([])
    expect(failures).toHaveLength(1)
  })

  test('that the quota leaves is told in the same way', async () => {
    const { ports, record, files } = openPackingNode({ quotaOf: async () => PIECE_BYTES })
    await record(3, 5)
    expect(await createPackRun(ports)(runOf(0, 10), neverAborts)).toMatchObject({
      error: { code: 'QUOTA_EXCEEDED', numbers: { quotaBytes: PIECE_BYTES } },
    })
    expect(files()).toEqual([])
  })
})

test('the free space is what the system says', async () => {
  const folder = createTemporaryFolder()
  expect(await readFreeBytes(folder)).toBeGreaterThan(0)
  await expect(readFreeBytes(join(folder, 'absent'))).rejects.toThrow('ENOENT')
})
