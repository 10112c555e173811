import { beforeEach, describe, expect, test } from 'vitest'
import { plainWish } from '../../support/api-wishes.ts'
import * as facts from '../../support/community-facts.ts'
import { askData } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { OTHER } from '../../support/signal-history.ts'

const NAMES = `intervalSeconds trackers graceSeconds redispatchSeconds quotaBytes uploadBytesPerSecond
  selection { mode from to } imports publicMagnetlinks`
const CHANGE = `mutation($id: CommunityId!, $settings: CommunitySettingsInput!, $key: IdempotencyKey) {
  answer: changeSettings(communityId: $id, settings: $settings, idempotencyKey: $key) {
    ... on ChangeSettingsAccepted { position community { settings { ${NAMES} chosen { ${NAMES} } } } }
    ... on Refusal { code message }
    ... on SettingOutOfRange { setting least most }
    ... on TooManyTrackers { limit }
  }
}`
const DEFAULTS = {
  intervalSeconds: 604_800,
  trackers: ['udp://tracker.example.org:1337/announce'],
  graceSeconds: 600,
  redispatchSeconds: 28_800,
  quotaBytes: null,
  uploadBytesPerSecond: null,
  selection: { mode: 'ALL_MISSING', from: null, to: null },
  imports: 'AUTOMATIC',
  publicMagnetlinks: false,
}
const NOTHING = {
  intervalSeconds: null,
  trackers: null,
  graceSeconds: null,
  redispatchSeconds: null,
  quotaBytes: null,
  uploadBytesPerSecond: null,
  selection: null,
  imports: null,
  publicMagnetlinks: null,
}

let api: OpenApi

beforeEach(async () => {
  api = await openApi()
})

async function change(settings: object, key?: string): Promise<unknown> {
  const variables = { id: facts.COMMUNITY, settings, key }
  return (await askData<{ answer: unknown }>(api.url, CHANGE, variables)).answer
}

const granted = (position: string | null, chosen: object): unknown => ({
  position,
  community: { settings: { ...DEFAULTS, ...chosen, chosen: { ...NOTHING, ...chosen } } },
})

describe('changeSettings', () => {
  test('changes what is named, keeps what is left out, and goes back to the default where it is null', async () => {
    await recordFacts(api.stores.log, facts.ready)
    expect(await change({})).toEqual(granted(null, {}))
    const first = { intervalSeconds: 1_209_600, trackers: ['wss://tracker.example.net/announce'], quotaBytes: 2 ** 40 }
    expect(await change(first)).toEqual(granted('4', first))
    expect(await change({ ...first, graceSeconds: null })).toEqual(granted(null, first))
    const second = { ...first, trackers: [], graceSeconds: 0, redispatchSeconds: 60 }
    expect(await change({ trackers: [], graceSeconds: 0, redispatchSeconds: 60 })).toEqual(granted('5', second))
    expect(await change(NOTHING)).toEqual(granted('6', {}))
    const range = { mode: 'RANGE', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
    const third = { selection: range, imports: 'ON_REQUEST', uploadBytesPerSecond: 10_000, publicMagnetlinks: true }
    expect(await change(third)).toEqual(granted('7', third))
    expect(await change({ graceSeconds: 60 })).toEqual(granted('8', { ...third, graceSeconds: 60 }))
    expect(await change({ publicMagnetlinks: false })).toMatchObject({ position: '9' })
    expect(await change(NOTHING)).toEqual(granted('10', {}))
    expect(await change({ selection: { ...range, to: range.from } })).toMatchObject({ code: 'SelectionEmpty' })
  })

  test('with the same key is granted once; what is null is not what is left out', async () => {
    await recordFacts(api.stores.log, facts.ready)
    expect(await change({ graceSeconds: 60 }, 'k')).toEqual(granted('4', { graceSeconds: 60 }))
    expect(await change({ graceSeconds: 60 }, 'k')).toEqual(granted('4', { graceSeconds: 60 }))
    expect(await change({ graceSeconds: 60, quotaBytes: null }, 'k')).toMatchObject({ code: 'IdempotencyKeyReused' })
  })

  test('is refused by name', async () => {
    await recordFacts(api.stores.log, facts.ready)
    const unknown = { id: OTHER, settings: {} }
    expect(await askData(api.url, CHANGE, unknown)).toMatchObject({ answer: { code: 'CommunityNotFound' } })
    expect(await change({ intervalSeconds: 604_799 })).toEqual({
      code: 'SettingOutOfRange',
      message: 'intervalSeconds must be a whole number from 604800 to 31536000.',
      setting: 'intervalSeconds',
      least: 604_800,
      most: 31_536_000,
    })
    const trackers = Array.from({ length: 21 }, (_, n) => `http://tracker-${n}.example.org/announce`)
    expect(await change({ trackers })).toEqual({
      code: 'TooManyTrackers',
      message: 'There are more than 20 trackers: a community has at most 20.',
      limit: 20,
    })
    await askData(api.url, plainWish('leaveCommunity'), { id: facts.COMMUNITY })
    expect(await change({})).toMatchObject({ code: 'CommunityWasLeft' })
  })
})
