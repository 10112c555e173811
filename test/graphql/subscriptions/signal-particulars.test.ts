import { createClient } from 'graphql-ws'
import { expect, onTestFinished, test } from 'vitest'
import * as facts from '../../support/community-facts.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { history, INCARNATION } from '../../support/signal-history.ts'

test('each signal tells its particulars', async () => {
  const api = await openApi()
  const client = createClient({ url: api.url.replace('http', 'ws'), retryAttempts: 0 })
  onTestFinished(async () => client.dispose())
  await recordFacts(api.stores.log, history)
  const query = `subscription { signals(after: "START") {
    __typename community { communityId }
    ... on RunSignal { runId run { status } }
    ... on RangeSignal { from to }
    ... on TorrentSignal { infoHash }
    ... on HistoryArchivesCreated { magnetUri dataBytes archives { archiveId messages } }
    ... on HistoryArchivesUnseeded { reason damageCode: code }
    ... on ArchiveCreationFailed { archiveCode: code numbers }
    ... on SeedingFailed { seedingCode: code }
    ... on TorrentClientDown { exitCode signal }
    ... on LogRestored { incarnation clockFloor }
    ... on MagnetlinkDispatched { magnetlink { clock magnetUri cursor } }
    ... on ArchivesVerified { pieces damage { pieces { from to } pieceCount archives index torrentFile } }
    ... on ArchiveRepaired { part archiveId pieces source }
    ... on SettingsChanged { chosen { intervalSeconds trackers graceSeconds redispatchSeconds quotaBytes imports selection { mode } } }
  } }`
  const found = new Map<string, unknown>()
  for await (const { data, errors } of client.iterate<{ signals: { __typename: string } }>({ query })) {
    expect(errors).toBeUndefined()
    found.set(data?.signals.__typename ?? '', data?.signals)
    if (found.has('CommunityPurged')) break
  }

  expect(found.get('HistoryArchivesCreated')).toMatchObject({
    from: '2023-11-14T22:13:20Z',
    to: '2023-11-21T22:13:20Z',
    run: { status: 'CREATED' },
    dataBytes: 102_400,
    archives: [{ messages: 3 }],
  })
  expect(found.get('HistoryArchivesUnseeded')).toMatchObject({
    infoHash: facts.infoHash(1),
    reason: 'PROTOCOL_DISABLED',
    damageCode: null,
  })
  expect(found.get('ArchiveCreationFailed')).toMatchObject({ archiveCode: 'DISK_FULL', numbers: {} })
  expect(found.get('SeedingFailed')).toMatchObject({ seedingCode: 'FILES_MISSING' })
  expect(found.get('TorrentClientDown')).toMatchObject({ exitCode: null, signal: 'SIGKILL', community: null })
  expect(found.get('LogRestored')).toMatchObject({ incarnation: INCARNATION, clockFloor: '2000', community: null })
  expect(found.get('MagnetlinkDispatched')).toMatchObject({ magnetlink: { clock: '1000' } })
  const archiveId = `0x${'1'.padStart(64, '0')}`
  expect(found.get('ArchivesVerified')).toMatchObject({
    infoHash: facts.infoHash(1),
    pieces: 2,
    damage: { pieces: [{ from: 0, to: 1 }], pieceCount: 1, archives: [archiveId], index: true, torrentFile: false },
  })
  expect(found.get('ArchiveRepaired')).toMatchObject({ part: 'ARCHIVE', archiveId, pieces: 1, source: 'MESSAGES' })
  const unchosen = { intervalSeconds: null, trackers: null, graceSeconds: null, redispatchSeconds: null, imports: null }
  expect(found.get('SettingsChanged')).toMatchObject({ chosen: { ...unchosen, selection: null, quotaBytes: 2 ** 40 } })
  expect(found.get('CommunityPurged')).toMatchObject({ community: { communityId: facts.COMMUNITY } })
})
