import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { encodeArchiveHead } from '../../src/archives/archive-encoding.ts'
import { decodeIndex, type IndexMetadata } from '../../src/archives/archive-index.ts'
import { dataPathOf } from '../../src/archives/archive-paths.ts'
import { nodeFileSteps } from '../../src/archives/file-steps.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import { CHUNK_BYTES } from '../../src/domain/archive.ts'
import type { Message } from '../../src/domain/message.ts'
import { ok } from '../../src/domain/result.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { parseMessage } from '../../src/messages/parse-message.ts'
import type { ArchivingPorts } from '../../src/reactors/archiving-reactor.ts'
import { decodeArchive } from '../support/decode-archive.ts'
import { infoHash, packed, runId } from '../support/community-facts.ts'
import type { DiskModel } from '../support/disk-model.ts'
import { messagesInMemory } from '../support/in-memory-messages.ts'
import { writeLyingVersion } from '../support/lying-index.ts'
import { expectServable, packFirst } from '../support/packed-history.ts'
import { ARCHIVES, diskAfter, packOn, requestOf } from '../support/packing-scenes.ts'
import { momentsOf } from '../support/power-cuts.ts'
import { GRACE_MS, openReactingNode, type ReactingNode } from '../support/reacting-node.ts'
import { recordFileSteps, systemError } from '../support/recorded-file-steps.ts'
import { sampleMessage } from '../support/sample-message.ts'
import { createArchive } from '../support/sample-wishes.ts'
import { createSeedingClientInMemory } from '../support/seeding-client-in-memory.ts'
import { readSmallHistory, smallHistory } from '../support/small-history.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

// What goes wrong in the reference with the files of a control node; reference-faults-in-time.test.ts has the rest. What
// goes wrong when members download (no timeout once the metadata is there, bad archives fetched again without a pause,
// no torrent file left behind) belongs to fetching.

describe('“It writes index first and appends to data after, neither atomically”', () => {
  test.each([0, 1])('no index gets its name before its data lasts, after %i versions', (recorded) => {
    const act = (files: Parameters<typeof packOn>[0]): void => void packOn(files, requestOf(recorded + 1))
    const moments = momentsOf({ before: diskAfter(recorded), act })
    const cuts = moments.flatMap(({ disk }) =>
      (['LOST', 'KEPT', 'PART'] as const).map((fate) => disk.afterPowerCut(() => fate)),
    )
    expect(cuts.flatMap(indexesBeyondData)).toEqual([])
    expect(moments.map(({ disk }) => indexesOf(disk).length).at(-1)).toBe(recorded + 1)
  })

  function indexesOf(disk: DiskModel): readonly string[] {
    return [...disk.tree().keys()].filter((path) => path.endsWith('/index'))
  }

  /** The indexes that a reader could find, and could not follow. */
  function indexesBeyondData(disk: DiskModel): readonly string[] {
    const { communityId } = smallHistory(ARCHIVES)
    return indexesOf(disk).filter((path) => {
      const data = disk.bytesAt(dataPathOf(ARCHIVES, communityId, 1))
      return !decodeIndex(disk.bytesAt(path), data.length).ok
    })
  }
})

describe('“It stops seeding before it builds the next archive, and stays dark if building fails”', () => {
  /** A node that serves torrent 1, and then packs run 2 for as long as it takes the reactors to do whatever they want. */
  async function buildNext(brokenAt: 'rename' | null): Promise<ReactingNode & { readonly lit: readonly boolean[] }> {
    const [client, lit] = [createSeedingClientInMemory(), [] as boolean[]]
    const look = (): void => void lit.push(client.active().has(infoHash(1)))
    const pack: ArchivingPorts['pack'] = async (run) => {
      const n = run.runId === runId(1) ? 1 : 2
      if (n === 1) return ok({ type: 'CREATED', archive: packed(1) })
      for (let turn = 0; turn < 20; turn += 1) await setImmediate()
      const { files } = recordFileSteps((step) => {
        look()
        if (step === brokenAt) throw systemError('ENOSPC')
      })
      const made = packArchives(smallHistory(createTemporaryFolder()), readSmallHistory, { files })
      return made.ok ? ok({ type: 'CREATED', archive: packed(2) }) : made
    }
    const node = await openReactingNode({ client, pack })
    const communityId = await node.addArchived()
    client.answerWith(() => (look(), ok(null)))
    await node.wish(createArchive(communityId, 2))
    look()
    return { ...node, lit }
  }

  test('the old torrent is served at each step of building the next, and until that is served', async () => {
    const { lit, client, advance, story } = await buildNext(null)
    expect(lit.length).toBeGreaterThan(20)
    expect(new Set(lit)).toEqual(new Set([true]))
    await advance(GRACE_MS)
    expect(client.active()).toEqual(new Set([infoHash(2)]))
    expect((await story()).at(-1)).toBe('Unseeded 1 REPLACED')
  })

  test('it goes on being served where building fails', async () => {
    const { lit, client, facts, story } = await buildNext('rename')
    expect(new Set(lit)).toEqual(new Set([true]))
    expect(client.active()).toEqual(new Set([infoHash(1)]))
    expect((await facts()).at(-1)).toMatchObject({ type: 'ArchiveCreationFailed', data: { code: 'DISK_FULL' } })
    expect(await story()).toEqual(['SeedingStarted 1', 'MagnetlinkDispatched 1'])
  })
})

describe('“It reads with one short read and trusts offset, size and padding”', () => {
  test('a read that gives less than it was asked for is gone on with', async () => {
    const { next } = packFirst()
    const read: typeof nodeFileSteps.read = (file, bytes, position) =>
      nodeFileSteps.read(file, bytes.subarray(0, 7), position)
    const second = valueOf(packArchives(next, readSmallHistory, { files: { ...nodeFileSteps, read } }))
    await expectServable(next, second ?? expect.unreachable())
  })

  test.each<[string, (last: IndexMetadata) => Partial<IndexMetadata>]>([
    ['an offset beyond data', ({ offset, sizeBytes }) => ({ offset: offset + sizeBytes })],
    ['an offset within another archive', ({ offset }) => ({ offset: offset - 1 })],
    ['a size that ends beyond data', ({ sizeBytes }) => ({ sizeBytes: sizeBytes + 1 })],
    ['more padding than there is of the archive', ({ sizeBytes }) => ({ paddingBytes: sizeBytes + 1 })],
  ])('an index is not believed that tells of %s', (_, lie) => {
    const { first, next } = packFirst()
    expect(writeLyingVersion(next, first, () => ({}))).toEqual(first)
    const previous = writeLyingVersion(next, first, lie)
    expect(packArchives({ ...next, previous }, readSmallHistory)).toMatchObject({
      ok: false,
      error: { code: 'FILES_DAMAGED' },
    })
  })
})

describe('“A message over the chunk limit is dropped in silence”', () => {
  const { topic, timestamp } = sampleMessage()

  test('it is refused by name when it is recorded', () => {
    const payload = `0x${'00'.repeat(CHUNK_BYTES)}`
    const parsed = parseMessage({ topic, timestamp, payload, sig: '0x00' })
    expect(parsed).toMatchObject({ ok: false, error: { code: 'MESSAGE_TOO_LARGE' } })
  })

  test.each([
    ['alone', 0],
    ['among others', 2],
  ])('it fails the run that would have to leave it out, %s, and nothing is lost', (_, others) => {
    const request = { ...smallHistory(createTemporaryFolder()), contentTopics: [topic] }
    const { chunkBytes = CHUNK_BYTES } = request
    const messagesOf = (longest: number): readonly Message[] =>
      [...Array<number>(others).fill(1), longest].map((length, second) =>
        sampleMessage({ timestamp: second as UnixSeconds, payload: new Uint8Array(length) }),
      )
    const over = packArchives(request, messagesInMemory(messagesOf(chunkBytes + 1), [topic]))
    expect(over).toMatchObject({
      ok: false,
      error: { cause: { message: expect.stringMatching(/message of 481 bytes/) } },
    })
    expect(filesIn(request.archivesDir)).toEqual([])
    const whole = valueOf(packArchives(request, messagesInMemory(messagesOf(chunkBytes), [topic])))
    expect(whole?.archives.reduce((sum, { messages }) => sum + messages, 0)).toBe(others + 1)
  })

  test('what the reference writes of such messages alone, an archive without any, is read all the same', () => {
    const metadata = { from: timestamp, to: timestamp, contentTopics: [topic] }
    expect(decodeArchive(encodeArchiveHead(metadata))).toEqual({ ok: true, value: { metadata, messages: [] } })
  })

  /** The files that are not empty. */
  function filesIn(folder: string): readonly string[] {
    return globSync(join(folder, '**')).filter((path) => statSync(path).isFile() && statSync(path).size > 0)
  }
})
