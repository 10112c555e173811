import { expect, test } from 'vitest'
import { createLoaders } from '../../src/graphql/loaders.ts'
import { createTurns } from '../../src/graphql/turns.ts'
import * as facts from '../support/community-facts.ts'
import { communityId, recordCommunities } from '../support/many-communities.ts'
import * as member from '../support/member-facts.ts'
import { openApi } from '../support/open-api.ts'
import { recordFacts } from '../support/record-facts.ts'

test('one statement reads for a hundred communities, and each is given its own', async () => {
  const { stores } = await openApi()
  await recordCommunities(stores.log, 200, 1)
  const statements: unknown[] = []
  const counted = stores.db.withPlugin({
    transformQuery: ({ node }) => {
      statements.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const { magnetlink, lastRun, torrents } = createLoaders(counted, createTurns())
  const ids = Array.from({ length: 200 }, (_, n) => communityId(n))

  const links = await Promise.all(ids.map(async (id) => magnetlink.load(id)))
  expect(links.map((link) => link?.clock)).toEqual(ids.map((_, n) => n + 1))
  const runs = await Promise.all(ids.map(async (id) => lastRun.load(id)))
  expect(runs.map((run) => run?.runId)).toEqual(ids.map((_, n) => facts.runId(n)))
  const served = await Promise.all(ids.map(async (id) => torrents.load(id)))
  expect(served.map((rows) => rows.map((row) => row.communityId))).toEqual(ids.map((id) => [id]))
  expect(statements).toHaveLength(6)
})

test('nothing is kept from one load to the next, and what is not there is null', async () => {
  const { stores } = await openApi()
  await recordFacts(stores.log, facts.ready)
  const { magnetlink, lastRun, torrents } = createLoaders(stores.db, createTurns())
  expect(await magnetlink.load(facts.COMMUNITY)).toBeNull()
  expect(await lastRun.load(facts.COMMUNITY)).toBeNull()
  expect(await torrents.load(facts.COMMUNITY)).toEqual([])

  await recordFacts(stores.log, [...facts.served(1), ...facts.served(2)])
  await recordFacts(stores.log, [facts.magnetlinkDispatched(1, 5), facts.magnetlinkDispatched(2, 7)])
  expect(await magnetlink.load(facts.COMMUNITY)).toMatchObject({ clock: 7, infoHash: facts.infoHash(2) })
  expect(await lastRun.load(facts.COMMUNITY)).toMatchObject({ runId: facts.runId(2) })
  expect(await torrents.load(facts.COMMUNITY)).toMatchObject([{ role: 'RETIRING' }, { role: 'CURRENT' }])
})

test('what members learn, fetch and take over is given as of now, the newest of each', async () => {
  const { stores } = await openApi()
  await recordFacts(stores.log, member.member)
  const loaders = createLoaders(stores.db, createTurns())
  const load = async (): Promise<unknown> =>
    Promise.all([
      loaders.link.load(facts.COMMUNITY),
      loaders.refusedLinks.load(facts.COMMUNITY),
      loaders.follows.load(facts.COMMUNITY),
      loaders.lastDownload.load(facts.COMMUNITY),
      loaders.lastImport.load(facts.COMMUNITY),
    ])
  expect(await load()).toEqual([null, [], [], null, null])
  const learnt = [...member.fetched(1), ...member.fetching(2), member.magnetlinkRefused('CLOCK_AHEAD')]
  await recordFacts(stores.log, [
    member.nodeFollowed(member.URL_A),
    ...learnt,
    member.importStarted(1),
    member.importStarted(2),
  ])
  expect(await load()).toMatchObject([
    { clock: 2 },
    [{ code: 'CLOCK_AHEAD' }],
    [{ url: member.URL_A }],
    { downloadId: member.downloadId(2) },
    { importId: member.importId(2) },
  ])
})
