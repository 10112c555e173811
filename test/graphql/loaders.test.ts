import { expect, test } from 'vitest'
import { createLoaders } from '../../src/graphql/loaders.ts'
import { createTurns } from '../../src/graphql/turns.ts'
import * as facts from '../support/community-facts.ts'
import { communityId, recordCommunities } from '../support/many-communities.ts'
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
