import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plainWish } from '../../support/api-wishes.ts'
import * as facts from '../../support/community-facts.ts'
import { askData } from '../../support/graphql-request.ts'
import { localMeta } from '../../support/local-meta.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { valueOf } from '../../support/value-of.ts'

test('purgeCommunity names what it would delete, and then deletes it', async () => {
  const { url, stores } = await openApi()
  const { COMMUNITY: communityId } = facts
  const purge = async (args = ''): Promise<unknown> => {
    const query = `mutation { answer: purgeCommunity(communityId: "${communityId}"${args}) {
      ... on PurgeCommunityAccepted { position dryRun files { name bytes } remaining { name } totalBytes } ... on Refusal { code message }
    } }`
    return (await askData<{ answer: unknown }>(url, query)).answer
  }
  expect(await purge(', dryRun: true')).toMatchObject({ code: 'CommunityNotFound' })
  await recordFacts(stores.log, [...facts.ready, ...facts.served(1)])
  expect(await purge()).toEqual({
    code: 'CommunityNotLeft',
    message: `Community ${communityId} is not left: leave it first with leaveCommunity.`,
  })
  await askData(url, plainWish('leaveCommunity'), { id: communityId })
  expect(await purge()).toMatchObject({ code: 'StillServed' })
  const dropped = { type: 'RecordUnseeded', communityId, infoHash: facts.infoHash(1), reason: 'LEFT' } as const
  valueOf(await stores.execute(dropped, localMeta()))
  const version = join(stores.archivesDir, communityId, facts.infoHash(1))
  mkdirSync(version, { recursive: true })
  writeFileSync(join(version, 'index'), 'x'.repeat(30))
  writeFileSync(join(version, '../data.1'), 'x'.repeat(100))

  const named = {
    files: [
      { name: `${communityId}/${facts.infoHash(1)}/index`, bytes: 30 },
      { name: `${communityId}/data.1`, bytes: 100 },
    ],
    remaining: [],
    totalBytes: 130,
  }
  expect(await purge(', dryRun: true')).toEqual({ position: null, dryRun: true, ...named })
  expect(readdirSync(stores.archivesDir)).toEqual([communityId])
  expect(await purge(', idempotencyKey: "p"')).toEqual({ position: '9', dryRun: false, ...named })
  expect(readdirSync(stores.archivesDir)).toEqual([])
  expect(await purge(', idempotencyKey: "p"')).toEqual({ position: '9', dryRun: false, ...named })
  expect(await purge()).toEqual({ position: null, dryRun: false, files: [], remaining: [], totalBytes: 0 })
})
