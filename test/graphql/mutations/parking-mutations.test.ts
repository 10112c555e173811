import { expect, test } from 'vitest'
import type { CommunityEvent } from '../../../src/domain/events.ts'
import * as facts from '../../support/community-facts.ts'
import { askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'

const { COMMUNITY: communityId } = facts
const work = { reactor: 'seeding', code: 'READ_FAILED', failures: 20 } as const
const parked: CommunityEvent = { type: 'ReactorParked', communityId, data: work }

const SHOWN = '{ reactor communityId code failures since cause }'
const STATE = `{
  status { parkedReactors ${SHOWN} }
  community(communityId: "${communityId}") { seeding parked ${SHOWN} }
  diagnose(communityId: "${communityId}") { code evidence { name value } }
}`

function wish(name: 'retryParked' | 'skipParked', reactor = 'SEEDING'): string {
  const accepted = name === 'retryParked' ? 'RetryParkedAccepted' : 'SkipParkedAccepted'
  return `mutation { answer: ${name}(reactor: ${reactor}, communityId: "${communityId}") {
    __typename ... on ${accepted} { position community { seeding parked { reactor } } } ... on Refusal { code message }
  } }`
}

test('what is parked is shown by status, by its community and by diagnose', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, [...facts.ready, parked])
  const [event] = await stores.log.read({ limit: 1, order: 'DESC' })
  const since = new Date(event?.recordedAt ?? 0).toISOString()
  const row = { ...work, reactor: 'SEEDING', communityId, cause: event?.id }
  const { status, community, diagnose } = await askData<{
    status: { parkedReactors: readonly { since: string }[] }
    community: unknown
    diagnose: readonly unknown[]
  }>(url, STATE)
  expect(status.parkedReactors).toEqual([{ ...row, since: expect.any(String) }])
  expect(Date.parse(status.parkedReactors[0]?.since ?? '')).toBe(Date.parse(since))
  expect(community).toEqual({ seeding: 'REQUESTED', parked: status.parkedReactors })
  expect(diagnose[0]).toEqual({
    code: 'WORK_PARKED',
    evidence: expect.arrayContaining([
      { name: 'reactor', value: 'seeding' },
      { name: 'code', value: 'READ_FAILED' },
      { name: 'failures', value: '20' },
    ]),
  })
})

test('parked work is retried once, and refused by name where nothing is parked', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, [...facts.ready, parked])
  const position = String(stores.log.head() + 1)
  expect(await askData(url, wish('retryParked'))).toEqual({
    answer: { __typename: 'RetryParkedAccepted', position, community: { seeding: 'REQUESTED', parked: [] } },
  })
  expect(await askData(url, wish('retryParked'))).toMatchObject({ answer: { code: 'NothingParked' } })
  expect(await askData(url, wish('skipParked', 'IMPORTING'))).toEqual({
    answer: {
      __typename: 'NothingParked',
      code: 'NothingParked',
      message: `Community ${communityId} has no work of this kind parked: parkedReactors of status names what is.`,
    },
  })
})

test('parked work that is skipped is told with what it withdraws, in one append', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, [...facts.ready, parked])
  expect(await askData(url, wish('skipParked'))).toMatchObject({
    answer: { __typename: 'SkipParkedAccepted', community: { seeding: 'WITHDRAWN', parked: [] } },
  })
  const events = await stores.log.read({ limit: 2, order: 'DESC' })
  expect(events.map(({ event }) => event.type)).toEqual(['SeedingWithdrawn', 'ReactorSkipped'])
  expect(new Set(events.map(({ correlationId, recordedAt }) => `${correlationId} ${recordedAt}`)).size).toBe(1)

  await recordFacts(stores.log, [
    facts.seedingRequested,
    parked,
    { ...parked, type: 'ReactorRetried', data: { reactor: 'seeding' } },
  ])
  const query = `subscription { signals(after: "START") {
    __typename ... on ParkingSignal { reactor } ... on ReactorParked { code failures }
  } }`
  const told: unknown[] = []
  for await (const { result } of subscribeOverSse(url, query)) {
    const { signals } = result.data as { signals: { __typename: string } }
    if (signals.__typename.startsWith('Reactor')) told.push(signals)
    if (signals.__typename === 'ReactorRetried') break
  }
  const of = { reactor: 'SEEDING' }
  const shown = { __typename: 'ReactorParked', ...of, code: 'READ_FAILED', failures: 20 }
  expect(told).toEqual([shown, { __typename: 'ReactorSkipped', ...of }, shown, { __typename: 'ReactorRetried', ...of }])
})
