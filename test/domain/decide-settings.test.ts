import { describe, test } from 'vitest'
import type { AnnounceUrl } from '../../src/domain/announce-url.ts'
import type { ChangeSettings } from '../../src/domain/commands.ts'
import { defaultSettings, MAX_TRACKERS, type CommunitySettings } from '../../src/domain/community-settings.ts'
import type { SettingsChanged } from '../../src/domain/events.ts'
import { COMMUNITY, communityAdded, communityLeft, ready } from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'

const communityId = COMMUNITY

function changeSettings(changes: Partial<CommunitySettings>): ChangeSettings {
  return { type: 'ChangeSettings', communityId, changes }
}

function changed(settings: Partial<CommunitySettings>): SettingsChanged {
  return { type: 'SettingsChanged', communityId, data: { ...defaultSettings, ...settings } }
}

const tracker = 'udp://tracker.example:1337/announce' as AnnounceUrl

describe('ChangeSettings', () => {
  test('changes what is named, and tells all of it', () => {
    given(ready)
      .when(changeSettings({ graceSeconds: 0 }))
      .then(changed({ graceSeconds: 0 }))
    given(ready, changed({ graceSeconds: 0 }))
      .when(changeSettings({ trackers: [tracker], quotaBytes: 5 }))
      .then(changed({ graceSeconds: 0, trackers: [tracker], quotaBytes: 5 }))
  })

  test('goes back to the default where null is named', () => {
    given(ready, changed({ graceSeconds: 0 }))
      .when(changeSettings({ graceSeconds: null }))
      .then(changed({}))
  })

  test.each([{ publicMagnetlinks: true }, { publicMagnetlinks: false }, { uploadBytesPerSecond: 10_000 }])(
    'changes %o, once',
    (changes) => {
      given(ready).when(changeSettings(changes)).then(changed(changes))
      given(ready, changed(changes)).when(changeSettings(changes)).then()
    },
  )

  test('leads to nothing where all is as wished', () => {
    given(ready).when(changeSettings({})).then()
    given(ready, changed({ trackers: [tracker] }))
      .when(changeSettings({ trackers: [tracker] }))
      .then()
  })

  test('is kept over a leave', () => {
    given(ready, changed({ quotaBytes: 7 }), communityLeft, communityAdded())
      .when(changeSettings({ quotaBytes: 7 }))
      .then()
  })

  test.each([
    { setting: 'intervalSeconds', value: 604_799, least: 604_800, most: 31_536_000 },
    { setting: 'intervalSeconds', value: 31_536_001, least: 604_800, most: 31_536_000 },
    { setting: 'graceSeconds', value: -1, least: 0, most: 604_800 },
    { setting: 'redispatchSeconds', value: 59, least: 60, most: 31_536_000 },
    { setting: 'uploadBytesPerSecond', value: 9999, least: 10_000, most: Number.MAX_SAFE_INTEGER },
    { setting: 'quotaBytes', value: 0.5, least: 0, most: Number.MAX_SAFE_INTEGER },
  ] as const)('refuses $value for $setting', ({ setting, value, least, most }) => {
    given(ready)
      .when(changeSettings({ [setting]: value }))
      .thenRefused({ type: 'SettingOutOfRange', setting, least, most })
  })

  test('refuses more trackers than fit', () => {
    const trackers = Array.from({ length: MAX_TRACKERS + 1 }, () => tracker)
    given(ready).when(changeSettings({ trackers })).thenRefused({ type: 'TooManyTrackers', limit: MAX_TRACKERS })
  })

  test('is refused to a community that was left', () => {
    given(ready, communityLeft).when(changeSettings({})).thenRefused('CommunityWasLeft')
  })
})
