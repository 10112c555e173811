import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createPurgeCommunity, type PurgeCommunityPorts } from '../../../src/app/wishes/purge-community.ts'
import type { DeleteFile } from '../../../src/archives/sweep/purge-files.ts'
import type { CommandMeta } from '../../../src/commands/command-meta.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { CommunityEvent } from '../../../src/domain/events.ts'
import type { Wishes } from '../../../src/graphql/wishes.ts'
import { readCommunity } from '../../../src/projections/communities.ts'
import { readCommunitySeeding } from '../../../src/projections/seeding.ts'
import { readVersions } from '../../../src/projections/versions.ts'
import * as facts from '../../support/community-facts.ts'
import { fetchedAndServed, member } from '../../support/member-facts.ts'
import { openNode, type OpenNode } from '../../support/open-node.ts'
import { systemError } from '../../support/recorded-file-steps.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { metaOf, metaWithKey } from '../../support/sample-wishes.ts'

interface PurgingNode {
  readonly node: OpenNode
  readonly purge: Wishes['purgeCommunity']
  readonly faults: readonly unknown[]
  /** The communities that nothing is kept of any more. */
  readonly forgotten: readonly CommunityId[]
  /** What forgetting is recorded with. */
  readonly metas: readonly CommandMeta[]
  /** What lies in the folder of all archives. */
  readonly folders: () => readonly string[]
}

const { COMMUNITY } = facts
const archived = [...facts.ready, ...facts.served(1)]
const left = [...archived, facts.communityLeft, facts.unseeded(1, 'LEFT')]
const FILES = [{ name: `${COMMUNITY}/data.1`, bytes: 100 }]

/** A node with a community's past, and a file of its archives. */
async function openPurgingNode(past: readonly CommunityEvent[], deleteFile?: DeleteFile): Promise<PurgingNode> {
  const node = openNode()
  await recordFacts(node.log, past)
  const archivesDir = join(node.folder, 'archives')
  mkdirSync(join(archivesDir, COMMUNITY), { recursive: true })
  writeFileSync(join(archivesDir, COMMUNITY, 'data.1'), 'x'.repeat(100))
  const faults: unknown[] = []
  const forgotten: CommunityId[] = []
  const metas: CommandMeta[] = []
  const ports: PurgeCommunityPorts = {
    log: node.log,
    execute: node.execute,
    archivesDir,
    alone: async (_communityId, work) => work(),
    async forget(communityId, meta) {
      forgotten.push(communityId)
      metas.push(meta)
    },
    readCommunity: async (communityId) => readCommunity(node.db, communityId),
    readSeeding: async (communityId) => readCommunitySeeding(node.db, communityId),
    onFault: (fault) => faults.push(fault),
  }
  const purge = createPurgeCommunity(ports, deleteFile)
  return { node, purge, faults, forgotten, metas, folders: () => readdirSync(archivesDir) }
}

describe('purging a community', () => {
  test('that was left records it, and then deletes its files', async () => {
    const { node, purge, folders, metas } = await openPurgingNode(left)
    const position = left.length + 1
    const wish = metaOf({ actor: 'token:0000000000000001' })
    expect(await purge(COMMUNITY, false, wish)).toEqual({
      ok: true,
      value: { dryRun: false, files: FILES, remaining: [], position },
    })
    expect((await node.facts()).at(-1)).toEqual({ type: 'CommunityPurged', communityId: COMMUNITY, data: {} })
    const [purged] = await node.log.read({ order: 'DESC', limit: 1 })
    expect(metas).toEqual([{ ...wish, causationId: purged?.id }])
    expect(folders()).toEqual([])
    expect(await readVersions(node.db)).toEqual([])
    expect(await purge(COMMUNITY, false, metaOf())).toEqual({
      ok: true,
      value: { dryRun: false, files: [], remaining: [], position: null },
    })
  })

  test('of a member deletes what was fetched, with its notes, and forgets the rest', async () => {
    const past = [...member, ...fetchedAndServed(1), facts.communityLeft, facts.unseeded(1, 'LEFT')]
    const { node, purge, forgotten, folders } = await openPurgingNode(past)
    writeFileSync(join(node.folder, 'archives', COMMUNITY, 'held.1'), 'x')
    const files = [...FILES, { name: `${COMMUNITY}/held.1`, bytes: 1 }]
    expect(await purge(COMMUNITY, true, metaOf())).toMatchObject({ value: { files } })
    expect(forgotten).toEqual([])
    expect(await purge(COMMUNITY, false, metaOf())).toMatchObject({ value: { files, remaining: [] } })
    expect(folders()).toEqual([])
    expect(forgotten).toEqual([COMMUNITY])
  })

  test('in a dry run names its files, and changes nothing', async () => {
    const { node, purge, folders } = await openPurgingNode(left)
    expect(await purge(COMMUNITY, true, metaWithKey('k', true))).toEqual({
      ok: true,
      value: { dryRun: true, files: FILES, remaining: [], position: null },
    })
    expect(node.log.head()).toBe(left.length)
    expect(folders()).toEqual([COMMUNITY])
  })

  test('is granted where a file cannot be deleted: the answer names it, and asking again deletes it', async () => {
    const cause = systemError('EPERM')
    const failures = [cause]
    const deleteFile = async (path: string): Promise<void> => {
      const failure = failures.pop()
      return failure === undefined ? unlink(path) : Promise.reject(failure)
    }
    const { node, purge, faults, folders } = await openPurgingNode(left, deleteFile)
    const remaining = [{ name: `${COMMUNITY}.purged/data.1`, bytes: 100 }]
    const position = left.length + 1
    expect(await purge(COMMUNITY, false, metaOf())).toEqual({
      ok: true,
      value: { dryRun: false, files: FILES, remaining, position },
    })
    expect(faults).toEqual([
      new AggregateError([cause], `Cannot delete all of community ${COMMUNITY}, which was purged`),
    ])
    expect(await purge(COMMUNITY, false, metaOf())).toMatchObject({ value: { files: remaining, remaining: [] } })
    expect(folders()).toEqual([])
    expect(node.log.head()).toBe(position)
  })

  test.each([
    ['CommunityNotFound', []],
    ['CommunityNotLeft', archived],
    ['StillServed', [...archived, facts.communityLeft]],
  ])('is refused, in a dry run too: %s', async (type, past) => {
    const { node, purge, folders } = await openPurgingNode(past)
    for (const dryRun of [true, false]) {
      expect(await purge(COMMUNITY, dryRun, metaOf())).toEqual({ ok: false, error: { type } })
    }
    expect(node.log.head()).toBe(past.length)
    expect(folders()).toEqual([COMMUNITY])
  })

  test('again with the same key names what was deleted the first time; a dry run has a key of its own', async () => {
    const { purge } = await openPurgingNode(left)
    const first = await purge(COMMUNITY, false, metaWithKey('k', false))
    expect(await purge(COMMUNITY, false, metaWithKey('k', false))).toEqual(first)
    expect(await purge(COMMUNITY, true, metaWithKey('k', true))).toEqual({
      ok: false,
      error: { type: 'IdempotencyKeyReused', key: 'k' },
    })
  })

  test('is finished by asking again, where the process died before the files were gone', async () => {
    const purged: CommunityEvent = { type: 'CommunityPurged', communityId: COMMUNITY, data: {} }
    const { node, purge, folders } = await openPurgingNode([...left, purged])
    expect(await purge(COMMUNITY, false, metaOf())).toMatchObject({ value: { files: FILES, position: null } })
    expect(folders()).toEqual([])
    expect(node.log.head()).toBe(left.length + 1)
  })
})
