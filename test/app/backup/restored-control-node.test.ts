import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../../src/app.ts'
import { systemClock } from '../../../src/app/system-clock.ts'
import { parseSettings } from '../../../src/cli/parse-settings.ts'
import { createApiClient, type ApiClient } from '../../support/api-client.ts'
import { backUpOf, restoreTo } from '../../support/backups.ts'
import { freePort } from '../../support/free-port.ts'
import { startMemberNode } from '../../support/member-node.ts'
import { LOOPBACK } from '../../support/node-process.ts'
import { addCommunity, createArchive } from '../../support/node-wishes.ts'
import { HISTORY_START, numberedMessage } from '../../support/numbered-message.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'
import { foreignCommunity } from '../../support/weekly-history.ts'

const TOPIC = '0x0a0b0c0d'
const WEEK = 604_800
const communityId = foreignCommunity(5)

const RECORD = `mutation ($communityId: CommunityId!, $messages: [MessageInput!]!) {
  recordMessages(communityId: $communityId, messages: $messages) { __typename }
}`
const FOLLOW = `mutation ($communityId: CommunityId!, $url: FollowUrl!) {
  followNode(communityId: $communityId, url: $url) { __typename ... on Refusal { message } }
}`
const LINK = `query ($communityId: CommunityId!) {
  currentMagnetlink(communityId: $communityId) { infoHash clock cursor }
  status { incarnation headPosition }

}`

interface Told {
  readonly currentMagnetlink: { readonly infoHash: string; readonly clock: string; readonly cursor: string } | null
  readonly status: { readonly incarnation: string | null }
}

/** Archives a week in which a message of this number was sent. */
async function archiveWeek(api: ApiClient, week: number, number: number): Promise<void> {
  const from = HISTORY_START + week * WEEK
  const message = { ...numberedMessage(TOPIC, number, 500), timestamp: from }
  await api.request(RECORD, { communityId, messages: [message] })
  await createArchive(api, communityId, { from, to: from + WEEK })
}

async function withControl<Found>(
  dataDir: string,
  port: string,
  work: (api: ApiClient) => Promise<Found>,
): Promise<Found> {
  const settings = {
    ...LOOPBACK,
    SEEDBANK_DATA_DIR: dataDir,
    SEEDBANK_PORT: port,
    SEEDBANK_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SEEDBANK_LOG_LEVEL: 'silent',
  }
  const control = valueOf(await startApp(valueOf(parseSettings([], settings))))
  const api = createApiClient(control.url)
  try {
    return await work(api)
  } finally {
    await api.close()
    await control.stop()
  }
}

test(
  'a control node that was lost and brought back serves what it served, and whoever followed it believes its next link',
  { timeout: 60_000 },
  async () => {
    const port = String(await freePort())
    const folder = createTemporaryFolder()
    const [lost, back, file] = ['lost', 'back', 'backup.tar'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const member = await startMemberNode({ SEEDBANK_PRIVATE_ADDRESSES: 'allow' })
    onTestFinished(async () => member.stop())
    const community = await member.join(communityId, [TOPIC])
    const ask = async (api: ApiClient): Promise<Told> => api.request<Told>(LINK, { communityId })

    const before = await withControl(lost, port, async (api) => {
      await addCommunity(api, [TOPIC], communityId)
      await archiveWeek(api, 0, 0)
      await member.api.request(FOLLOW, { communityId, url: `ws://127.0.0.1:${port}/graphql` })
      await community.until('DownloadingHistoryArchivesFinished')
      const kept = await ask(api)
      valueOf(await backUpOf({ dataDir: lost, file }, { withKeys: true, now: systemClock.now }))
      // What comes now is lost with the node.
      await archiveWeek(api, 1, 1)
      await community.until('DownloadingHistoryArchivesFinished')
      return { kept, lost: await ask(api) }
    })
    rmSync(lost, { recursive: true })
    const { incarnation } = valueOf(await restoreTo(back, file, { now: systemClock.now }))

    const after = await withControl(back, port, async (api) => {
      // Its archives were in no back-up: they are made again from the messages. Until that is noticed, the log of before says
      // that they are served.
      await servedAgain(api, before.kept.currentMagnetlink?.cursor)
      expect(await servedOf(api)).toEqual([before.kept.currentMagnetlink?.infoHash])
      const [kept, lostCursor] = [before.kept, before.lost].map((told) => told.currentMagnetlink?.cursor)
      expect(await firstAfter(api, lostCursor)).toContain('CURSOR_NOT_IN_THIS_LOG')
      expect(await firstAfter(api, kept)).toBe('LogRestored')
      await archiveWeek(api, 1, 2)
      await community.until('DownloadingHistoryArchivesFinished')
      return ask(api)
    })
    expect(after.status.incarnation).toBe(incarnation)
    const hashes = [before.kept, before.lost, after].map((told) => told.currentMagnetlink?.infoHash)
    expect(new Set(hashes).size).toBe(3)
    const clocks = [before.kept, before.lost, after].map((told) => Number(told.currentMagnetlink?.clock))
    expect(clocks).toEqual(clocks.toSorted((one, other) => one - other))
    expect(community.told.filter(({ __typename }) => __typename === 'MagnetlinkReceived')).toHaveLength(3)
  },
)

/** Waits for the first torrent that is served behind a cursor. */
async function servedAgain(api: ApiClient, after: string | undefined): Promise<void> {
  const asked = `subscription ($after: String) { signals(after: $after) { __typename } }`
  for await (const { signals } of api.subscribe<{ signals: { __typename: string } }>(asked, { after })) {
    if (signals.__typename === 'HistoryArchivesSeeding') return
  }
}

/** The torrents that are recorded as served. */
async function servedOf(api: ApiClient): Promise<readonly string[]> {
  const asked = `query ($communityId: CommunityId!) { community(communityId: $communityId) { torrents { infoHash state } } }`
  const { community } = await api.request<{
    community: { torrents: readonly { infoHash: string; state: string }[] }
  }>(asked, { communityId })
  return community.torrents.filter(({ state }) => state === 'SERVED').map(({ infoHash }) => infoHash)
}

/** The name of the first signal of the whole node behind a cursor; or what the cursor is refused with. */
async function firstAfter(api: ApiClient, after: string | undefined): Promise<string> {
  const asked = `subscription ($after: String) { signals(after: $after) { __typename communityId } }`
  try {
    for await (const { signals } of api.subscribe<{ signals: { __typename: string; communityId: string | null } }>(
      asked,
      {
        after,
      },
    )) {
      if (signals.communityId === null) return signals.__typename
    }
    return 'NONE'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
