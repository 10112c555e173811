import { expect, test } from 'vitest'
import type { DownloadProgress } from '../../../src/graphql/members.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { ADD_COMMUNITY, plainWish } from '../../support/api-wishes.ts'
import * as facts from '../../support/community-facts.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import * as member from '../../support/member-facts.ts'
import { openApi } from '../../support/open-api.ts'
import { localMeta } from '../../support/local-meta.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { OTHER } from '../../support/signal-history.ts'
import { valueOf } from '../../support/value-of.ts'

const DOWNLOAD = `download {
  status reason failure { code numbers since } selection { mode from to } clock infoHash archives startedAt endedAt
  progress { archives archivesTotal bytes bytesTotal bytesPerSecond peers secondsLeft waitingFor }
}`
const START = `mutation($id: CommunityId!, $selection: SelectionInput) {
  answer: downloadArchives(communityId: $id, selection: $selection) {
    ... on DownloadArchivesAccepted { position community { ${DOWNLOAD} } } ... on Refusal { code message }
  }
}`
const CANCEL = `mutation($id: CommunityId!) { answer: cancelDownload(communityId: $id) {
  ... on CancelDownloadAccepted { position community { ${DOWNLOAD} } } ... on Refusal { code }
} }`

const progress: DownloadProgress = {
  archives: 1,
  totalArchives: 3,
  bytes: 102_400,
  totalBytes: 2 ** 40,
  bytesPerSecond: 1.5,
  peers: 2,
  secondsLeft: 60,
  waitingFor: 'NO_PEERS',
}

test('a download is started, widened, shown as it stands, and cancelled', async () => {
  const { url, stores, samples } = await openApi()
  const wish = async (query: string, selection?: object, id = facts.COMMUNITY): Promise<unknown> =>
    (await askData<{ answer: unknown }>(url, query, { id, selection })).answer
  const download = async (): Promise<unknown> =>
    (
      await askData<{ community: { download: unknown } }>(
        url,
        `{ community(communityId: "${facts.COMMUNITY}") { ${DOWNLOAD} } }`,
      )
    ).community.download

  expect(await wish(START, undefined, OTHER)).toMatchObject({ code: 'CommunityNotFound' })
  await recordFacts(stores.log, facts.ready)
  expect(await wish(START)).toMatchObject({ code: 'NotMember' })
  expect(await wish(CANCEL)).toMatchObject({ code: 'NotMember' })
  await askData(url, plainWish('leaveCommunity'), { id: facts.COMMUNITY })
  await askData(url, ADD_COMMUNITY, { id: facts.COMMUNITY, role: 'MEMBER' })
  expect(await wish(START)).toMatchObject({ code: 'NoLinkYet', message: expect.stringContaining('submitMagnetlink') })
  const { communityId, data: link } = member.magnetlinkReceived(1)
  const now = Date.now() as UnixMillis
  valueOf(await stores.execute({ type: 'ReceiveMagnetlink', communityId, ...link, now }, localMeta()))
  const range = { mode: 'RANGE', from: '2023-11-14T22:13:20Z', to: '2023-11-21T22:13:20Z' }
  const empty = { ...range, to: range.from }
  expect(await wish(START, empty)).toMatchObject({ code: 'SelectionEmpty' })

  const shown = {
    status: 'RUNNING',
    clock: '1',
    infoHash: facts.infoHash(1),
    archives: 0,
    failure: null,
    progress: null,
  }
  expect(await wish(START, range)).toMatchObject({
    position: '9',
    community: { download: { ...shown, selection: range } },
  })
  expect(await wish(START, range)).toMatchObject({ position: null })
  const all = { mode: 'ALL_MISSING', from: null, to: null }
  expect(await wish(START)).toMatchObject({ position: '11', community: { download: { ...shown, selection: all } } })

  samples.progress.set(facts.COMMUNITY, progress)
  const { totalArchives, totalBytes, ...rest } = progress
  expect(await download()).toMatchObject({
    progress: { ...rest, archivesTotal: totalArchives, bytesTotal: totalBytes },
  })
  const [{ event } = { event: null }] = await stores.log.read({ order: 'DESC', limit: 1 })
  if (event?.type !== 'DownloadStarted') throw new Error('No download was started')
  const { downloadId } = event.data
  const fail = async (code: 'STALLED' | 'DISK_FULL'): Promise<unknown> =>
    valueOf(
      await stores.execute(
        { type: 'RecordDownloadFailed', communityId, downloadId, code, numbers: { peers: 2 } },
        localMeta(),
      ),
    )
  await fail('STALLED')
  const failure = { code: 'STALLED', numbers: { peers: 2 }, since: expect.stringMatching(/Z$/) }
  expect(await download()).toMatchObject({ status: 'RUNNING', failure })
  await fail('DISK_FULL')
  expect(await download()).toMatchObject({ status: 'PAUSED', failure: { code: 'DISK_FULL' } })

  expect(await wish(CANCEL)).toMatchObject({
    position: '14',
    community: { download: { status: 'CANCELLED', reason: 'REQUESTED', endedAt: expect.any(String), progress: null } },
  })
  expect(await wish(CANCEL)).toMatchObject({ position: null })
})

test('a download is paused by each switch, and refused where one is off', async () => {
  const { url, stores } = await openApi()
  const { COMMUNITY: id } = facts
  const status = async (): Promise<unknown> =>
    (
      await askData<{ community: object }>(
        url,
        'query($id: CommunityId!) { community(communityId: $id) { download { status } } }',
        { id },
      )
    ).community
  const start = async (): Promise<unknown> => (await askData<{ answer: unknown }>(url, START, { id })).answer
  await recordFacts(stores.log, [...member.member, ...member.fetching(1)])
  expect(await status()).toEqual({ download: { status: 'RUNNING' } })
  const cases = [
    ['disableArchiving', 'enableArchiving', 'ArchivingIsDisabled'],
    ['withdrawSeeding', 'requestSeeding', 'SeedingIsWithdrawn'],
  ] as const
  for (const [off, on, code] of cases) {
    await askData(url, plainWish(off), { id })
    expect(await status()).toEqual({ download: { status: 'PAUSED' } })
    expect(await start()).toMatchObject({ code })
    await askData(url, plainWish(on), { id })
  }
  await recordFacts(stores.log, [{ type: 'ProtocolDisabled', data: {} }])
  expect(await status()).toEqual({ download: { status: 'PAUSED' } })
  expect(await start()).toMatchObject({ code: 'ProtocolIsDisabled' })
  await recordFacts(stores.log, [
    { type: 'ProtocolEnabled', data: {} },
    { type: 'NodeWentOffline', data: {} },
  ])
  expect(await status()).toEqual({ download: { status: 'PAUSED' } })
  expect(await start()).toMatchObject({ position: null })
  await recordFacts(stores.log, [member.archiveDownloaded(1, 1), member.downloadFinished(1)])
  expect(await status()).toEqual({ download: { status: 'FINISHED' } })

  const argumentOf = async (selection: object): Promise<unknown> =>
    (await ask(url, START, { id, selection })).errors?.[0]?.extensions?.['argument']
  expect(await argumentOf({ mode: 'RANGE', from: '2023-11-14T22:13:20Z' })).toBe('selection')
  expect(await argumentOf({ mode: 'LATEST', to: '2023-11-14T22:13:20Z' })).toBe('selection')
  expect(await argumentOf({ mode: 'RANGE', from: '2023-11-14T22:13:20.5Z', to: '2023-11-15T00:00:00Z' })).toBe('from')
})
