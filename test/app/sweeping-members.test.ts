import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { communityFolderOf, dataPathOf, heldPathOf, torrentPathOf } from '../../src/archives/archive-paths.ts'
import type { BearerToken } from '../../src/domain/bearer-token.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import { beginTestRun, openRunStores } from '../support/begun-run.ts'
import { COMMUNITY, communityLeft, infoHash, unseeded } from '../support/community-facts.ts'
import {
  archiveDownloaded,
  downloadCancelled,
  fetchedAndServed,
  fetching,
  magnetlinkReceived,
  member,
  nodeFollowed,
  URL_A,
  URL_B,
} from '../support/member-facts.ts'
import { recordFacts } from '../support/record-facts.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** Leaves what a process that was killed leaves, starts anew, and names the files that are there then. */
async function restartAfter(past: readonly CommunityEvent[], generations: number, torrents: number) {
  const dataDir = createTemporaryFolder()
  const before = await openRunStores(dataDir)
  await recordFacts(before.stores.log, past)
  const { archivesDir } = before.stores
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)
  const files = numbers(generations).flatMap((n) => [
    dataPathOf(archivesDir, COMMUNITY, n),
    heldPathOf(archivesDir, COMMUNITY, n),
  ])
  const versions = numbers(torrents).flatMap((n) => {
    const torrent = torrentPathOf(archivesDir, COMMUNITY, infoHash(n))
    return [torrent, `${torrent}.partial`]
  })
  for (const path of [...files, ...versions]) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, path)
  }
  await before.close()
  const { stores } = await openRunStores(dataDir)
  const { unswept } = await beginTestRun(stores, dataDir)
  expect(unswept).toEqual([])
  for (const path of files.filter((each) => existsSync(each))) expect(readFileSync(path, 'utf8')).toBe(path)
  const folder = communityFolderOf(archivesDir, COMMUNITY)
  return {
    generations: existsSync(folder) ? readdirSync(folder).filter((name) => name.includes('.')) : [],
    torrents: numbers(torrents).filter((n) => existsSync(torrentPathOf(archivesDir, COMMUNITY, infoHash(n)))),
    partial: versions.filter((path) => path.endsWith('.partial') && existsSync(path)),
  }
}

const ALL = ['data.1', 'data.2', 'data.3', 'held.1', 'held.2', 'held.3']

describe('a restart of a member', () => {
  test('in the middle of a download that copies from older ones keeps all that was fetched', async () => {
    // Torrent 1 is served, 2 was given up for 3, which has not recorded anything yet.
    const past = [
      ...member,
      ...fetchedAndServed(1),
      ...fetching(2),
      archiveDownloaded(2, 2, 2),
      downloadCancelled(2, 'SUPERSEDED'),
      ...fetching(3),
    ]
    expect(await restartAfter(past, 3, 3)).toEqual({ generations: ALL, torrents: [1, 3], partial: [] })
  })

  test('after a download was cancelled keeps all that was fetched, and the torrent that it was of', async () => {
    const past = [...member, ...fetching(1), downloadCancelled(1, 'REQUESTED')]
    expect(await restartAfter(past, 3, 2)).toEqual({ generations: ALL, torrents: [1], partial: [] })
  })

  test('with a newer link than what it fetched keeps what may be of it', async () => {
    const past = [...member, ...fetchedAndServed(1), magnetlinkReceived(2)]
    expect(await restartAfter(past, 3, 3)).toEqual({ generations: ALL, torrents: [1, 2], partial: [] })
  })

  test('in a rollover keeps both versions, and nothing older', async () => {
    const past = [...member, ...fetchedAndServed(1), ...fetchedAndServed(2, 2), ...fetchedAndServed(3, 3)]
    const generations = ['data.2', 'data.3', 'held.2', 'held.3']
    expect(await restartAfter([...past, unseeded(1, 'REPLACED')], 3, 3)).toEqual({
      generations,
      torrents: [2, 3],
      partial: [],
    })
  })

  test('after leaving keeps what was served last', async () => {
    const past = [...member, ...fetchedAndServed(1), ...fetchedAndServed(2, 2), unseeded(1, 'REPLACED')]
    expect(await restartAfter([...past, communityLeft, unseeded(2, 'LEFT')], 2, 2)).toEqual({
      generations: ['data.2', 'held.2'],
      torrents: [2],
      partial: [],
    })
  })

  test('after a purge that broke off leaves nothing', async () => {
    const purged: CommunityEvent = { type: 'CommunityPurged', communityId: COMMUNITY, data: {} }
    const past = [...member, ...fetchedAndServed(1), communityLeft, unseeded(1, 'LEFT'), purged]
    expect(await restartAfter(past, 2, 2)).toEqual({ generations: [], torrents: [], partial: [] })
  })
})

test('a restart forgets tokens that nobody follows with, as where a crash came between', async () => {
  const dataDir = createTemporaryFolder()
  const { stores } = await openRunStores(dataDir)
  await recordFacts(stores.log, [...member, nodeFollowed(URL_A), communityLeft])
  for (const url of [URL_A, URL_B]) await stores.tokens.put(COMMUNITY, url, 'secret' as BearerToken)
  await beginTestRun(stores, dataDir)
  // It is of use when the community is added again, which follows the same nodes.
  expect(await stores.tokens.get(COMMUNITY, URL_A)).toBe('secret')
  expect(await stores.tokens.get(COMMUNITY, URL_B)).toBeNull()
})
