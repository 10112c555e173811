import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../../src/app.ts'
import { parseSettings } from '../../../src/cli/parse-settings.ts'
import { parseCommunityId } from '../../../src/domain/community-id.ts'
import { createApiClient } from '../../support/api-client.ts'
import { startDhtNode } from '../../support/loopback-dht.ts'
import { startMemberNode } from '../../support/member-node.ts'
import { LOOPBACK } from '../../support/node-process.ts'
import { readRecordedMessages } from '../../support/recorded-messages.ts'
import { seedArchive } from '../../support/seeded-archive.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

test('a member that knows no more than the id of a community finds its history, and takes it over', async () => {
  const { address } = await startDhtNode()
  const dht = {
    SEEDBANK_DHT: 'on',
    SEEDBANK_DHT_BOOTSTRAP: address,
    SEEDBANK_PRIVATE_ADDRESSES: 'allow',
    SEEDBANK_LOG_LEVEL: 'silent',
  }
  const dataDir = join(createTemporaryFolder(), 'control')
  const control = valueOf(
    await startApp(valueOf(parseSettings([], { ...LOOPBACK, ...dht, SEEDBANK_DATA_DIR: dataDir }))),
  )
  onTestFinished(async () => control.stop())
  const api = createApiClient(control.url)
  const { communityId, infoHash } = await seedArchive(api, { messages: 20, payloadBytes: 1_000 })
  await api.close()

  const member = await startMemberNode(dht)
  onTestFinished(async () => member.stop())
  const community = await member.join(valueOf(parseCommunityId(communityId)), ['0x0a0b0c0d'])
  expect(await community.until('MagnetlinkReceived')).toMatchObject({ infoHash })
  await community.until('DownloadingHistoryArchivesFinished')
  // The last archive may be taken over before all of it is served, or after.
  const isServed = community.told.some(({ __typename }) => __typename === 'HistoryArchivesSeeding')
  if (!isServed) await community.until('HistoryArchivesSeeding')
  expect(community.told.map(({ __typename }) => __typename)).not.toContain('MagnetlinkDispatched')
  const messages = await readRecordedMessages(dataDir, communityId, ['0x0a0b0c0d'])
  expect(messages).toHaveLength(20)
  expect(await readRecordedMessages(member.dataDir, communityId, ['0x0a0b0c0d'])).toEqual(messages)
})
