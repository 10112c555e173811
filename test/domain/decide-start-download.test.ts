import { describe, test } from 'vitest'
import type { StartDownload } from '../../src/domain/member-commands.ts'
import { defaultSettings } from '../../src/domain/community-settings.ts'
import type { SettingsChanged } from '../../src/domain/events.ts'
import {
  archivingDisabled,
  archivingEnabled,
  at,
  COMMUNITY,
  communityAdded,
  communityLeft,
  seedingWithdrawn,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'
import {
  downloadCancelled,
  downloadId,
  downloadStarted,
  fetched,
  fetching,
  linkOf,
  magnetlinkReceived,
  member,
} from '../support/member-facts.ts'

const communityId = COMMUNITY
const back = [communityLeft, communityAdded('MEMBER'), archivingEnabled]
const purged = { type: 'CommunityPurged', communityId, data: {} } as const

/** Download n, for its link unless it is asked for. */
function start(n: number, fields: Partial<StartDownload> = {}): StartDownload {
  const wish = { selection: null, occasion: 'LINK', protocolEnabled: true } as const
  return { type: 'StartDownload', communityId, downloadId: downloadId(n), ...wish, ...fields }
}
const asked = { occasion: 'REQUEST' } as const
describe('StartDownload', () => {
  test('fetches the newest link’s torrent', () => {
    given(member, magnetlinkReceived(1), magnetlinkReceived(2)).when(start(2)).then(downloadStarted(2))
  })

  test('changes nothing for a link that is being fetched', () => {
    given(member, fetching(1)).when(start(2)).then()
    given(member, fetching(1)).when(start(2, asked)).then()
  })

  test('lets a newer link take the place of what is being fetched', () => {
    given(member, fetching(1), magnetlinkReceived(2))
      .when(start(2))
      .then(downloadCancelled(1, 'SUPERSEDED'), downloadStarted(2))
  })

  test('begins anew where the same torrent has other trackers now: they may be what it lacked', () => {
    const trackers = ['wss://t.example']
    given(member, fetching(1), magnetlinkReceived(1, 2, trackers))
      .when(start(2))
      .then(downloadCancelled(1, 'SUPERSEDED'), downloadStarted(2, linkOf(1, 2, trackers)))
  })

  test('never fetches for its link what was finished or cancelled by request; asked, it does', () => {
    const cancelled = [...fetching(1), downloadCancelled(1, 'REQUESTED')]
    const again = downloadStarted(2, linkOf(1))
    for (const past of [fetched(1), cancelled]) {
      given(member, past).when(start(2)).then()
      given(member, past).when(start(2, asked)).then(again)
      given(member, past, back).when(start(2)).then()
    }
    given(member, cancelled, magnetlinkReceived(2)).when(start(2)).then(downloadStarted(2))
  })

  test('fetches after a leave what leaving ended, and after a purge all', () => {
    const again = downloadStarted(3, linkOf(1))
    given(member, fetching(1), downloadCancelled(1, 'LEFT'), back).when(start(3)).then(again)
    given(member, fetched(1), downloadStarted(2, linkOf(1)), downloadCancelled(2, 'LEFT'), back)
      .when(start(3))
      .then(again)
    given(member, fetched(1), communityLeft, purged, communityAdded('MEMBER'), archivingEnabled)
      .when(start(3))
      .then(again)
  })

  test('chooses as it is asked, or as the community’s settings say, or all', () => {
    const selection = { mode: 'RANGE', from: at(1), to: at(2) } as const
    const settings = { ...defaultSettings, selection: { mode: 'LATEST' } } as const
    const changed: SettingsChanged = { type: 'SettingsChanged', communityId, data: settings }
    const link = magnetlinkReceived(1)
    given(member, link, changed)
      .when(start(1, { selection }))
      .then(downloadStarted(1, linkOf(1), selection))
    given(member, link, changed)
      .when(start(1))
      .then(downloadStarted(1, linkOf(1), settings.selection))
    given(member, link)
      .when(start(1, { selection: { ...selection, to: at(1) } }))
      .thenRefused('SelectionEmpty')
  })

  test('another part that is asked for takes the place of what is being fetched; a link does not', () => {
    const selection = { mode: 'LATEST' } as const
    given(member, fetching(1)).when(start(2, { selection })).then()
    given(member, fetching(1))
      .when(start(2, { selection, ...asked }))
      .then(downloadCancelled(1, 'SUPERSEDED'), downloadStarted(2, linkOf(1), selection))
  })

  test('is barred where nothing is fetched (rules 1 and 5)', () => {
    const link = magnetlinkReceived(1)
    given(member).when(start(1)).thenRefused('NoLinkYet')
    given(member, link)
      .when(start(1, { protocolEnabled: false }))
      .thenRefused('ProtocolIsDisabled')
    given(member, link, archivingDisabled).when(start(1)).thenRefused('ArchivingIsDisabled')
    given(member, link, seedingWithdrawn).when(start(1)).thenRefused('SeedingIsWithdrawn')
    given(member, link, communityLeft).when(start(1)).thenRefused('CommunityWasLeft')
    given(member, link, communityLeft, communityAdded(), archivingEnabled).when(start(1)).thenRefused('NotMember')
  })
})
