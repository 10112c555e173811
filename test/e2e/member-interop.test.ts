import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeGoldenTorrent, type GoldenTorrent } from '../support/golden-torrents.ts'
import { startMemberNode, type JoinedCommunity, type MemberNode } from '../support/member-node.ts'
import {
  fetchWithAria2,
  fetchWithLibtorrent,
  hasAria2,
  hasLibtorrent,
  seedWithAria2,
  seedWithLibtorrent,
  type SeedFiles,
} from '../support/other-clients.ts'
import { readRecordedMessages } from '../support/recorded-messages.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { ask, percent, startTracker, type TrackerHost } from '../support/tracker-host.ts'

let member: MemberNode
beforeAll(async () => {
  member = await startMemberNode({ SEEDBANK_PRIVATE_ADDRESSES: 'allow' })
  return () => member.stop()
})

describe('what the reference wrote comes from another client, message for message, and goes back to it:', () => {
  test.runIf(hasAria2)('aria2', async () => {
    const others = ['append-week', 'boundaries', 'foreign-topic', 'quiet-weeks']
    const torrent = await takeOverFrom(seedWithAria2, 'three-weeks', others)
    const folder = createTemporaryFolder()
    await fetchWithAria2(folder, torrent.magnetUri)
    expect(filesIn(join(folder, torrent.communityId))).toEqual(filesOf(torrent))
  })

  test.runIf(hasLibtorrent)('libtorrent', async () => {
    const torrent = await takeOverFrom(seedWithLibtorrent, 'over-a-piece', ['ties', 'short-last-partition'])
    const folder = createTemporaryFolder()
    await fetchWithLibtorrent(folder, torrent.magnetUri)
    expect(filesIn(join(folder, torrent.communityId))).toEqual(filesOf(torrent))
  })
})

/** Has the member take over golden cases from a client, which then ends. @returns What the first of them is. */
async function takeOverFrom(serve: SeedFiles, first: string, others: readonly string[]): Promise<GoldenTorrent> {
  const folder = createTemporaryFolder()
  const tracker = await startTracker({ isKnown: () => true })
  const write = (name: string): GoldenTorrent =>
    writeGoldenTorrent(folder, name, `http://127.0.0.1:${tracker.port}/announce`)
  const torrent = write(first)
  const torrents = [torrent, ...others.map(write)]
  const paths = torrents.map(({ torrentPath }) => torrentPath)
  const end = await serve(folder, paths)
  try {
    // Who comes later is found at the next announce alone.
    await expect.poll(() => seedersOf(tracker, torrents)).toBe(torrents.length)
    await Promise.all(torrents.map(takeOver))
    // Who asks the tracker before the member has told it that it serves on would hear of it at the next announce alone.
    await expect.poll(() => completeOf(tracker, torrent)).toBe(2)
  } finally {
    await end()
  }
  return torrent
}

/** How many of the torrents have a peer that has all of them. */
async function seedersOf(tracker: TrackerHost, torrents: readonly GoldenTorrent[]): Promise<number> {
  const all = await Promise.all(torrents.map(async (torrent) => completeOf(tracker, torrent)))
  return all.filter((complete) => complete > 0).length
}

/** How many peers have all of a torrent. */
async function completeOf(tracker: TrackerHost, { files: { infoHash } }: GoldenTorrent): Promise<number> {
  const { files } = (await ask(tracker, `/scrape?info_hash=${percent(infoHash)}`)) as {
    files: Record<string, { complete: number }>
  }
  return Object.values(files)[0]?.complete ?? 0
}

async function takeOver(torrent: GoldenTorrent): Promise<void> {
  const { communityId, topics, files, archiveIds, magnetUri, messages } = torrent
  const community = await member.join(communityId, topics)
  expect(await community.submit(magnetUri)).toBeNull()
  await tellAll(community, 'DownloadingHistoryArchivesFinished', 'HistoryArchivesSeeding')
  const imported = community.told.filter(({ __typename: name }) => name === 'ArchiveImported')
  expect(imported.map(({ archiveId }) => archiveId)).toEqual(archiveIds)
  expect(await readRecordedMessages(member.dataDir, communityId, topics)).toEqual(messages)
  const own = join(member.dataDir, 'archives', communityId)
  expect(filesIn(own, 'data.1', join(files.infoHash, 'index'))).toEqual(filesOf(torrent))
}

async function tellAll({ told, until }: JoinedCommunity, ...names: readonly string[]): Promise<void> {
  for (const name of names) if (!told.some(({ __typename }) => __typename === name)) await until(name)
}

/** The SHA-256 of each. */
interface Files {
  readonly data: string
  readonly index: string
}

function filesOf({ files }: GoldenTorrent): Files {
  return { data: hash('sha256', files.data), index: hash('sha256', files.index) }
}

function filesIn(folder: string, data = 'data', index = 'index'): Files {
  const hashOf = (name: string): string => hash('sha256', readFileSync(join(folder, name)))
  return { data: hashOf(data), index: hashOf(index) }
}
