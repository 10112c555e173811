import { describe, expect, test } from 'vitest'
import type { RunId } from '../../../src/domain/archive.ts'
import type { CommunityCommand } from '../../../src/domain/commands.ts'
import { ADD_COMMUNITY, type Answer } from '../../support/api-wishes.ts'
import * as facts from '../../support/community-facts.ts'
import { askData } from '../../support/graphql-request.ts'
import { localMeta } from '../../support/local-meta.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { addSmallCommunity } from '../../support/small-community.ts'
import { valueOf } from '../../support/value-of.ts'

/** A wish about a community that is named elsewhere. */
type CommunityWish = CommunityCommand extends infer Each
  ? Each extends CommunityCommand
    ? Omit<Each, 'communityId'>
    : never
  : never

describe('createArchive', () => {
  const query = `mutation($id: CommunityId!, $from: DateTime, $to: DateTime) { answer: createArchive(communityId: $id, from: $from, to: $to) {
    __typename
    ... on CreateArchiveAccepted { position runId run { runId status from to communityId } }
    ... on Refusal { code message }
    ... on RangeNotNext { expectedFrom }
    ... on RangeInFuture { now }
    ... on ArchiveCreationRunning { runId }
  } }`
  const week = { from: '2023-11-14T22:13:20Z', to: '2023-11-21T22:13:20Z' }

  test('answers with its run, which can be asked for', async () => {
    const { url, stores } = await openApi()
    await recordFacts(stores.log, facts.ready)
    const { answer } = await askData<{ answer: { runId: string } }>(url, query, { id: facts.COMMUNITY, ...week })

    expect(answer).toMatchObject({ position: '4', run: { runId: answer.runId, status: 'RUNNING', ...week } })
    expect(await askData(url, `{ archiveRun(runId: "${answer.runId}") { communityId endedAt } }`)).toEqual({
      archiveRun: { communityId: facts.COMMUNITY, endedAt: null },
    })
    expect(await askData(url, query, { id: facts.COMMUNITY })).toMatchObject({
      answer: { code: 'ArchiveCreationRunning', runId: answer.runId },
    })
  })

  test('is refused by name', async () => {
    const { url, stores } = await openApi()
    const refusal = async (range = {}): Promise<unknown> =>
      (await askData<Answer>(url, query, { id: facts.COMMUNITY, ...range })).answer

    const wish = async (command: CommunityWish): Promise<void> => {
      valueOf(await stores.execute({ ...command, communityId: facts.COMMUNITY }, localMeta()))
    }
    const added = { type: 'AddCommunity', contentTopics: [], archiving: false } as const

    expect(await refusal()).toMatchObject({ code: 'CommunityNotFound' })
    await wish({ ...added, role: 'MEMBER' })
    expect(await refusal()).toMatchObject({ code: 'NotControlNode' })
    await wish({ type: 'LeaveCommunity' })
    expect(await refusal()).toMatchObject({ code: 'CommunityWasLeft' })
    await wish({ ...added, role: 'CONTROL_NODE' })
    expect(await refusal()).toMatchObject({ code: 'ArchivingIsDisabled' })
    await wish({ type: 'EnableArchiving' })
    expect(await refusal()).toMatchObject({ code: 'NoContentTopics' })
    await wish({ type: 'ChangeContentTopics', contentTopics: facts.TOPICS })
    expect(await refusal()).toMatchObject({ code: 'NoMessagesYet' })
    expect(await refusal({ from: week.to, to: week.from })).toMatchObject({ code: 'RangeEmpty' })
    expect(await refusal({ ...week, to: '2100-01-01T00:00:00Z' })).toMatchObject({ code: 'RangeInFuture' })
    const { runId } = (await refusal(week)) as { runId: RunId }
    await wish({ type: 'RecordNoArchiveCreated', runId, recordedUpTo: 0 })
    expect(await refusal(week)).toMatchObject({ code: 'RangeNotNext', expectedFrom: week.to })
    await askData(url, 'mutation { disableProtocol { __typename } }')
    expect(await refusal()).toMatchObject({ code: 'ProtocolIsDisabled' })
  })
})

test('createArchive is refused with the numbers where there is no room for what it would pack', async () => {
  const { url, stores } = await openApi({ freeBytes: 1000 })
  const id = await addSmallCommunity(stores, 2)
  const create = `mutation($id: CommunityId!) { answer: createArchive(communityId: $id) {
    ... on DiskTooFull { message neededBytes freeBytes } ... on QuotaExceeded { message neededBytes quotaBytes }
  } }`
  const head = stores.log.head()
  const { answer } = await askData<{ answer: { neededBytes: number; message: string } }>(url, create, { id })
  expect(answer).toMatchObject({ freeBytes: 1000 })
  expect(answer.neededBytes).toBeGreaterThan(16 * 2 ** 20)
  expect(answer.message).toBe(
    `Community ${id} needs ${answer.neededBytes} bytes for its next archive and what is recorded with it, and 1000 are free: make room on the disk.`,
  )
  expect(stores.log.head()).toBe(head)
})

test('createArchive is refused with the numbers where the community has too small a quota', async () => {
  const { url, stores } = await openApi()
  const id = await addSmallCommunity(stores, 2)
  const query = `mutation($id: CommunityId!) {
    changeSettings(communityId: $id, settings: { quotaBytes: 100000 }) { __typename }
    answer: createArchive(communityId: $id) { ... on QuotaExceeded { message neededBytes quotaBytes } }
  }`
  const { answer } = await askData<{ answer: { neededBytes: number } }>(url, query, { id })
  expect(answer.neededBytes).toBeGreaterThan(102_400)
  expect(answer).toMatchObject({
    quotaBytes: 100_000,
    message: `Community ${id} would take ${answer.neededBytes} bytes with its next archive, and its quota is 100000: raise quotaBytes with changeSettings.`,
  })
})

test('createArchive is refused with the numbers where the node has too small a disk quota, which status tells', async () => {
  const { url, stores } = await openApi({ diskQuota: 200_000 })
  const id = await addSmallCommunity(stores, 2)
  const query = `mutation($id: CommunityId!) {
    answer: createArchive(communityId: $id) { ... on NodeQuotaExceeded { code message neededBytes nodeQuotaBytes } }
  }`
  const { answer } = await askData<{ answer: { neededBytes: number } }>(url, query, { id })
  const limits = '{ status { limits { usedBytes quotaBytes freeBytes minFreeBytes uploadBytesPerSecond } } }'
  const told = await askData<{ status: { limits: { usedBytes: number } } }>(url, limits)
  expect(told.status.limits).toMatchObject({
    quotaBytes: 200_000,
    minFreeBytes: 16_777_216,
    uploadBytesPerSecond: null,
  })
  expect(answer.neededBytes).toBeGreaterThan(told.status.limits.usedBytes + 102_400)
  expect(answer).toMatchObject({
    code: 'NodeQuotaExceeded',
    nodeQuotaBytes: 200_000,
    message: `Community ${id} would bring the node to ${answer.neededBytes} bytes with its next archive, and the disk quota of the node is 200000: set SEEDBANK_DISK_QUOTA higher, or purge communities that were left.`,
  })
})

test('dispatchMagnetlink tells again, with a higher clock, what is served', async () => {
  const { url, stores } = await openApi()
  const { answer } = await askData<Answer>(url, ADD_COMMUNITY)
  const communityId = answer.community?.communityId as typeof facts.COMMUNITY
  const dispatch = `mutation($id: CommunityId!) { answer: dispatchMagnetlink(communityId: $id) {
    ... on DispatchMagnetlinkAccepted { community { magnetlink { clock infoHash } } } ... on Refusal { code }
  } }`
  expect(await askData(url, dispatch, { id: communityId })).toEqual({ answer: { code: 'NoArchiveYet' } })

  const runId = facts.runId(1)
  const range = { from: facts.at(0), to: facts.at(1), now: facts.at(2), oldestMessageAt: null, protocolEnabled: true }
  const steps = [
    { type: 'CreateArchive', communityId, runId, ...range },
    { type: 'RecordArchiveCreated', communityId, archive: facts.packed(1) },
    { type: 'RecordSeedingStarted', communityId, infoHash: facts.infoHash(1) },
  ] as const
  for (const step of steps) valueOf(await stores.execute(step, localMeta()))
  const clocks: number[] = []
  for (let n = 0; n < 2; n += 1) {
    const { answer: told } = await askData<{ answer: { community: { magnetlink: { clock: string } } } }>(
      url,
      dispatch,
      {
        id: communityId,
      },
    )
    clocks.push(Number(told.community.magnetlink.clock))
  }
  expect(clocks[1]).toBeGreaterThan(clocks[0] ?? Infinity)
})
