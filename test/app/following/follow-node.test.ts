import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../../src/app.ts'
import { parseSettings } from '../../../src/cli/parse-settings.ts'
import type { FollowUrl } from '../../../src/domain/follow-url.ts'
import { magnetUriOf } from '../../../src/domain/magnet.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { createApiClient, type ApiClient } from '../../support/api-client.ts'
import { infoHash } from '../../support/community-facts.ts'
import { eventually } from '../../support/eventually.ts'
import { answering, openFakeNode, type FakeNode } from '../../support/fake-node.ts'
import { freePort } from '../../support/free-port.ts'
import { linkOf, PROOF } from '../../support/member-facts.ts'
import { startMemberNode } from '../../support/member-node.ts'
import { LOOPBACK } from '../../support/node-process.ts'
import { addCommunity, createArchive } from '../../support/node-wishes.ts'
import { HISTORY_START, numberedMessage } from '../../support/numbered-message.ts'
import { openMember } from '../../support/open-member.ts'
import { readRecordedMessages } from '../../support/recorded-messages.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { startTorrentClient } from '../../support/torrent-client.ts'
import { valueOf } from '../../support/value-of.ts'
import { foreignCommunity } from '../../support/weekly-history.ts'

const TOPIC = '0x0a0b0c0d'
const WEEK = 604_800
const communityId = foreignCommunity(4)

const RECORD = `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) { __typename }
}`
const FOLLOW = `mutation ($communityId: CommunityId!, $url: FollowUrl!) {
  followNode(communityId: $communityId, url: $url) { __typename ... on Refusal { message } }
}`
const FOLLOWS = `query ($communityId: CommunityId!) {
  community(communityId: $communityId) { follows { nodeKey state } }
}`

/** Archives the n-th week of a control node's community, from 0. */
async function archiveWeek(api: ApiClient, n: number): Promise<void> {
  const message = { ...numberedMessage(TOPIC, n, 500), timestamp: HISTORY_START + n * WEEK }
  await api.request(RECORD, { communityId, messages: [message] })
  const from = HISTORY_START + n * WEEK
  await createArchive(api, communityId, { from, to: from + WEEK })
}

async function withControl(
  settings: Readonly<Record<string, string>>,
  work: (api: ApiClient) => Promise<unknown>,
): Promise<void> {
  const control = valueOf(await startApp(valueOf(parseSettings([], { ...LOOPBACK, ...settings }))))
  const api = createApiClient(control.url)
  try {
    await work(api)
  } finally {
    await api.close()
    await control.stop()
  }
}

test('a member hears of each archive of the node that it follows once, over the restarts of that, and trusts its key alone', async () => {
  const port = String(await freePort())
  const dataDir = join(createTemporaryFolder(), 'control')
  const settings = {
    SEEDBANK_DATA_DIR: dataDir,
    SEEDBANK_PORT: port,
    SEEDBANK_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SEEDBANK_LOG_LEVEL: 'silent',
  }
  const member = await startMemberNode({ SEEDBANK_PRIVATE_ADDRESSES: 'allow' })
  onTestFinished(async () => member.stop())
  const community = await member.join(communityId, [TOPIC])

  await withControl(settings, async (api) => {
    await addCommunity(api, [TOPIC], communityId)
    await archiveWeek(api, 0)
    const url = `ws://127.0.0.1:${port}/graphql`
    expect(await member.api.request(FOLLOW, { communityId, url })).toMatchObject({
      followNode: { __typename: 'FollowNodeAccepted' },
    })
    await community.until('DownloadingHistoryArchivesFinished')
    const asked = await member.api.request<{ community: { follows: readonly { nodeKey: string | null }[] } }>(FOLLOWS, {
      communityId,
    })
    expect(asked.community.follows).toEqual([
      { nodeKey: expect.stringMatching(/^(0x)?[0-9a-f]{64}$/), state: 'CONNECTED' },
    ])
  })
  // The member comes back to it by itself.
  await withControl(settings, async (api) => {
    await archiveWeek(api, 1)
    await community.until('DownloadingHistoryArchivesFinished')
  })
  const names = community.told.map(({ __typename }) => __typename)
  expect(names.filter((name) => name === 'MagnetlinkReceived')).toHaveLength(2)
  expect(names.filter((name) => name === 'NodeKeyPinned')).toHaveLength(1)
  expect(names.filter((name) => name === 'HistoryArchiveDownloaded')).toHaveLength(2)
  const messages = await readRecordedMessages(dataDir, communityId, [TOPIC])
  expect(messages).toHaveLength(2)
  expect(await readRecordedMessages(member.dataDir, communityId, [TOPIC])).toEqual(messages)
})

test('a member that was restarted asks a node for what comes after the last link that it brought', async () => {
  const node = await openFakeNode(answering())
  const client = await startTorrentClient()
  const member = await openMember(client)
  await member.join(communityId)
  const url = node.url as FollowUrl
  await member.wish({ type: 'FollowNode', communityId, url, nodeKey: null })
  await eventually(() => expect(askedAfter(node)).toEqual(['START']))
  const origin = { type: 'FOLLOWED', url, cursor: 'cursor-7' } as const
  const link = { ...linkOf(1), magnetUri: magnetUriOf(infoHash(1), communityId, []), origin, proof: PROOF }
  await member.wish({ type: 'ReceiveMagnetlink', communityId, ...link, now: Date.now() as UnixMillis })
  await member.close()
  await openMember(client, { dataDir: member.dataDir })
  await eventually(() => expect(askedAfter(node)).toEqual(['START', 'cursor-7']))
})

/** Behind which link the node was asked to begin, each time. */
function askedAfter({ messages }: FakeNode): readonly unknown[] {
  const asked = messages.filter(({ type }) => type === 'subscribe') as { payload: { variables: { after: string } } }[]
  return asked.map(({ payload }) => payload.variables.after)
}
