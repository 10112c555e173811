import { createClient } from 'graphql-ws'
import { expect, onTestFinished, test } from 'vitest'
import type { DomainEvent } from '../../../src/domain/events.ts'
import type { MagnetlinkReceived } from '../../../src/domain/member-events.ts'
import * as facts from '../../support/community-facts.ts'
import * as member from '../../support/member-facts.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'

const KEY = 'ab'.repeat(32)
const range = { mode: 'RANGE', from: facts.at(0), to: facts.at(1) } as const
const { data: submitted } = member.magnetlinkReceived(1)
const followed: MagnetlinkReceived = {
  type: 'MagnetlinkReceived',
  communityId: facts.COMMUNITY,
  data: { ...submitted, origin: { type: 'FOLLOWED', url: member.URL_A, cursor: 'c' } },
}

/** One of each event of a member, and the signal that tells it. */
const told: readonly (readonly [signal: string, fact: DomainEvent, particulars: object])[] = [
  ['NodeFollowed', member.nodeFollowed(member.URL_A), { url: member.URL_A, followedKey: null }],
  ['NodeKeyPinned', member.nodeKeyPinned(member.URL_A, KEY), { url: member.URL_A, nodeKey: KEY }],
  [
    'MagnetlinkRefused',
    member.magnetlinkRefused('CLOCK_AHEAD', 9),
    { linkCode: 'CLOCK_AHEAD', origin: 'SUBMITTED', clock: '9' },
  ],
  [
    'MagnetlinkReceived',
    followed,
    {
      infoHash: facts.infoHash(1),
      link: { clock: '1', magnetUri: submitted.magnetUri, origin: 'FOLLOWED', url: member.URL_A, ...member.PROOF },
    },
  ],
  ['NodeUnfollowed', member.nodeUnfollowed(member.URL_A), { url: member.URL_A }],
  [
    'DownloadingHistoryArchivesStarted',
    member.downloadStarted(1, member.linkOf(1), range),
    {
      downloadId: member.downloadId(1),
      infoHash: facts.infoHash(1),
      selection: { mode: 'RANGE', from: '2023-11-14T22:13:20Z', to: '2023-11-21T22:13:20Z' },
    },
  ],
  ['DownloadFailed', member.downloadFailed(1, 'NO_METADATA'), { downloadCode: 'NO_METADATA', numbers: {} }],
  [
    'HistoryArchiveDownloaded',
    member.archiveDownloaded(1, 1),
    {
      archive: {
        archiveId: member.archiveId(1),
        from: '2023-11-14T22:13:20Z',
        offset: 0,
        sizeBytes: 102_400,
        paddingBytes: 7,
      },
    },
  ],
  ['DownloadFinished', member.downloadFinished(1), { archives: 1, heldArchives: 1, dataBytes: 102_400 }],
  [
    'ImportingHistoryArchiveMessages',
    member.importStarted(1),
    { importId: member.importId(1), infoHash: facts.infoHash(1) },
  ],
  [
    'ArchiveQuarantined',
    member.archiveQuarantined(1, 1, 'ENCRYPTED'),
    { archiveId: member.archiveId(1), quarantineCode: 'ENCRYPTED' },
  ],
  [
    'ArchiveImported',
    member.archiveImported(1, 1),
    { archiveId: member.archiveId(1), messages: 3, added: 2, removed: 1, sha256: 'd4'.repeat(32) },
  ],
  ['DownloadingHistoryArchivesFinished', member.importFinished(1, 1, 2), { imported: 1, quarantined: 2 }],
  ['ImportUndone', member.importUndone(1, 4), { restored: 4 }],
  ['DownloadCancelled', member.downloadCancelled(1, 'SUPERSEDED'), { reason: 'SUPERSEDED' }],
]

const SIGNALS = `subscription { signals(after: "START") {
  __typename community { communityId }
  ... on TorrentSignal { infoHash }
  ... on FollowSignal { url } ... on NodeFollowed { followedKey: nodeKey } ... on NodeKeyPinned { nodeKey }
  ... on MagnetlinkReceived { link { clock magnetUri origin url publicKey signature signedTextSha256 } }
  ... on MagnetlinkRefused { linkCode: code origin clock }
  ... on DownloadSignal { downloadId }
  ... on DownloadingHistoryArchivesStarted { selection { mode from to } }
  ... on HistoryArchiveDownloaded { archive { archiveId from to offset sizeBytes paddingBytes } }
  ... on DownloadFinished { archives heldArchives dataBytes }
  ... on DownloadFailed { downloadCode: code numbers } ... on DownloadCancelled { reason }
  ... on ImportSignal { importId } ... on ArchiveSignal { archiveId }
  ... on ImportingHistoryArchiveMessages { infoHash }
  ... on ArchiveImported { messages added removed sha256 } ... on ArchiveQuarantined { quarantineCode: code numbers }
  ... on DownloadingHistoryArchivesFinished { imported quarantined } ... on ImportUndone { restored }
} }`

test('each event of a member is told under the name that frontends know, with its particulars', async () => {
  const api = await openApi()
  const client = createClient({ url: api.url.replace('http', 'ws'), retryAttempts: 0 })
  onTestFinished(async () => client.dispose())
  await recordFacts(api.stores.log, [...member.member, ...told.map(([, fact]) => fact)])
  const found: unknown[] = []
  for await (const { data, errors } of client.iterate<{ signals: object }>({ query: SIGNALS })) {
    expect(errors).toBeUndefined()
    found.push(data?.signals)
    if (found.length === told.length + 2) break
  }
  const community = { communityId: facts.COMMUNITY }
  expect(found.slice(2)).toMatchObject(told.map(([__typename, , more]) => ({ __typename, community, ...more })))
})

test('downloadProgress samples the download of one community, null while there is none', async () => {
  const { url, samples } = await openApi()
  const progress = {
    archives: 1,
    bytes: 9,
    bytesPerSecond: 0,
    peers: 0,
    secondsLeft: null,
    waitingFor: 'NO_PEERS',
  } as const
  const query = `subscription($id: CommunityId!) { downloadProgress(communityId: $id) {
    archives archivesTotal bytes bytesTotal bytesPerSecond peers secondsLeft waitingFor
  } }`
  const stream = subscribeOverSse(url, query, { id: facts.COMMUNITY })
  expect((await stream.next()).value?.result).toEqual({ data: { downloadProgress: null } })
  samples.progress.set(facts.COMMUNITY, { ...progress, totalArchives: 3, totalBytes: 2 ** 40 })
  const shown = { ...progress, archivesTotal: 3, bytesTotal: 2 ** 40 }
  expect((await stream.next()).value?.result).toEqual({ data: { downloadProgress: shown } })
})
