import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packRecorded } from '../../src/app/packing/pack-recorded.ts'
import { createPackRun } from '../../src/app/packing/pack-run.ts'
import { createSpacePorts } from '../../src/app/space-ports.ts'
import { dataPathOf } from '../../src/archives/archive-paths.ts'
import { chooseGeneration } from '../../src/archives/receiving/choose-generation.ts'
import { prepareGeneration } from '../../src/archives/receiving/prepare-generation.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ArchiveCreated } from '../../src/domain/events.ts'
import type { Message } from '../../src/domain/message.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { readNewestVersion, readOpenGeneration } from '../../src/projections/versions.ts'
import type { ArchivingPorts } from '../../src/reactors/archiving-reactor.ts'
import { openRunStores } from '../support/begun-run.ts'
import { at } from '../support/community-facts.ts'
import {
  addCommunity,
  fetchedPathsOf,
  fetchHistory,
  publishHistory,
  recordTakenOver,
  type FetchedPaths,
  type PublishedHistory,
} from '../support/fetched-history.ts'
import { createFileCheckingClient, type FileCheckingClient } from '../support/file-checking-client.ts'
import { GRACE_MS, openReactingNode, type ReactingNode } from '../support/reacting-node.ts'
import { SAMPLE_TOPIC, sampleMessage } from '../support/sample-message.ts'
import { createArchive } from '../support/sample-wishes.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** What a control node published, the same for all tests. */
let published: PublishedHistory

interface ChangingNode extends ReactingNode {
  readonly torrents: FileCheckingClient
  readonly archivesDir: string
}

/** A node on a data directory, which serves what it finds on the disk and packs what is recorded. */
async function openChangingNode(folder: string): Promise<ChangingNode> {
  const archivesDir = join(folder, 'archives')
  const torrents = createFileCheckingClient({ archivesDir, refusal: () => null, onDropped: async () => undefined })
  const pack: ArchivingPorts['pack'] = async (run, signal) => {
    const messages = openMessageReader(join(folder, 'messages.db'))
    const { now } = node.clock
    const ports = { ...createSpacePorts({ db: node.db, archivesDir }, (chosen) => chosen ?? []), publicUrl: null }
    const packRun = createPackRun({
      archivesDir,
      ...ports,
      packRecorded: async (recorded) => packRecorded(messages, recorded, {}),
      now,
      logFailure: (details) => expect.unreachable(details),
    })
    try {
      return await packRun(run, signal)
    } finally {
      await messages.close()
    }
  }
  const node: ReactingNode = await openReactingNode({ folder, torrents, pack })
  await node.calm()
  return { ...node, torrents, archivesDir }
}

/** The data directory of a member that fetched the history and took its messages over, and more. */
async function createMember(more: readonly Message[]): Promise<{ folder: string; paths: FetchedPaths }> {
  published ??= await publishHistory()
  const folder = createTemporaryFolder()
  const { stores, close } = await openRunStores(folder)
  await addCommunity(stores, published.communityId, 'MEMBER')
  const paths = await fetchHistory(stores, published)
  await stores.messages.record(published.communityId, [...published.messages, ...more])
  await recordTakenOver(stores, published)
  await close()
  return { folder, paths }
}

async function changeRole(
  { wish }: ChangingNode,
  communityId: CommunityId,
  role: 'MEMBER' | 'CONTROL_NODE',
): Promise<void> {
  await wish({ type: 'LeaveCommunity', communityId })
  await wish({ type: 'AddCommunity', communityId, role, contentTopics: [SAMPLE_TOPIC], archiving: true })
}

async function lastCreated(node: ChangingNode): Promise<ArchiveCreated['data']> {
  const created = (await node.facts()).findLast((fact) => fact.type === 'ArchiveCreated')
  if (created === undefined) throw new Error('Nothing was packed')
  return created.data
}

function bytesOf({ data, held }: FetchedPaths): readonly Buffer[] {
  return [readFileSync(data), readFileSync(held)]
}

describe('a member that becomes the control node', () => {
  test('packs what is recorded into a generation of its own, and serves what it fetched to the end of its grace', async () => {
    const { folder, paths } = await createMember([sampleMessage({ timestamp: at(1) })])
    const before = bytesOf(paths)
    const node = await openChangingNode(folder)
    expect([...node.torrents.active()]).toEqual([published.infoHash])
    await changeRole(node, published.communityId, 'CONTROL_NODE')
    expect([...node.torrents.active()]).toEqual([published.infoHash])
    await node.wish(createArchive(published.communityId, 3))
    const created = await lastCreated(node)
    expect(created).toMatchObject({ generation: 2, from: at(0) })
    expect(created.infoHash).not.toBe(published.infoHash)
    expect(bytesOf(paths)).toEqual(before)
    expect(new Set(node.torrents.active())).toEqual(new Set([published.infoHash, created.infoHash]))
    await node.advance(GRACE_MS - 1)
    expect(node.torrents.active().has(published.infoHash)).toBe(true)
    await node.advance(1)
    expect([...node.torrents.active()]).toEqual([created.infoHash])
    // The next run adds to what it packed itself.
    expect(await readNewestVersion(node.db, published.communityId)).toMatchObject({ generation: 2 })
    expect(node.faults).toEqual([])
  })

  test('comes to the same torrent where it has the same messages, from files of its own', async () => {
    const { folder, paths } = await createMember([])
    const before = bytesOf(paths)
    const node = await openChangingNode(folder)
    await changeRole(node, published.communityId, 'CONTROL_NODE')
    await node.wish(createArchive(published.communityId, 3))
    const { infoHash, generation } = await lastCreated(node)
    expect({ infoHash, generation }).toEqual({ infoHash: published.infoHash, generation: 2 })
    expect(bytesOf(paths)).toEqual(before)
    expect(readFileSync(dataPathOf(node.archivesDir, published.communityId, 2))).toEqual(published.files.data)
    expect([...node.torrents.active()]).toEqual([infoHash])
    node.torrents.die()
    node.torrents.restart()
    await node.calm()
    expect([...node.torrents.active()]).toEqual([infoHash])
    expect(node.faults).toEqual([])
  })

  test('packs into another generation than what it fetched, also where those files were lost', async () => {
    const { folder, paths } = await createMember([sampleMessage({ timestamp: at(1) })])
    for (const path of [paths.data, paths.held]) rmSync(path)
    const node = await openChangingNode(folder)
    await changeRole(node, published.communityId, 'CONTROL_NODE')
    await node.wish(createArchive(published.communityId, 3))
    const created = await lastCreated(node)
    expect(created).toMatchObject({ generation: 2 })
    expect([...node.torrents.active()]).toEqual([created.infoHash])
  })

  test('passes over what a download left that never recorded anything', async () => {
    const { folder } = await createMember([sampleMessage({ timestamp: at(1) })])
    const later = fetchedPathsOf(join(folder, 'archives'), published, 5)
    await prepareGeneration(
      { generation: 5, dataPath: later.data, heldPath: later.held, heldPieces: 0, copies: [], copiedPieces: 0 },
      published.torrent,
    )
    const node = await openChangingNode(folder)
    await changeRole(node, published.communityId, 'CONTROL_NODE')
    await node.wish(createArchive(published.communityId, 3))
    expect(await lastCreated(node)).toMatchObject({ generation: 6 })
    expect(readFileSync(later.data)).toHaveLength(0)
  })
})

describe('a control node that becomes a member', () => {
  test('fetches into a generation of its own, and serves what it packed to the end of its grace', async () => {
    const own = await publishHistory()
    const { communityId } = own
    const other = await publishHistory(communityId, 'b')
    const packed = dataPathOf(join(own.dataDir, 'archives'), communityId, 1)
    const node = await openChangingNode(own.dataDir)
    await changeRole(node, communityId, 'MEMBER')
    expect([...node.torrents.active()]).toEqual([own.infoHash])
    expect(await readOpenGeneration(node.db, communityId)).toBe(2)
    const chosen = await chooseGeneration(node.archivesDir, other.torrent)
    expect(chosen).toMatchObject({ generation: 2, heldPieces: 0, copies: [] })
    await prepareGeneration(chosen, other.torrent)
    await fetchHistory(node, other, { generation: 2 })
    await node.calm()
    expect(new Set(node.torrents.active())).toEqual(new Set([own.infoHash, other.infoHash]))
    await node.advance(GRACE_MS)
    expect([...node.torrents.active()]).toEqual([other.infoHash])
    expect(readFileSync(packed)).toEqual(own.files.data)
    expect(existsSync(packed.replace('data.1', 'held.1'))).toBe(false)
    expect(node.faults).toEqual([])
    await recordTakenOver(node, other)
    await node.calm()
    // Back again, it adds neither to what it fetched nor to what it packed before: the history is another's since.
    await changeRole(node, communityId, 'CONTROL_NODE')
    expect(await readNewestVersion(node.db, communityId)).toBeNull()
    expect(await readOpenGeneration(node.db, communityId)).toBe(2)
    await node.wish(createArchive(communityId, 3))
    expect(await lastCreated(node)).toMatchObject({ generation: 3, infoHash: own.infoHash })
    expect(await readOpenGeneration(node.db, communityId)).toBe(4)
    expect([...node.torrents.active()]).toContain(own.infoHash)
    expect(node.faults).toEqual([])
  })
})
