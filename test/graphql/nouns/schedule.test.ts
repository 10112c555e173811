import { describe, expect, test } from 'vitest'
import type { Schedule } from '../../../src/domain/schedule.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import * as facts from '../../support/community-facts.ts'
import { askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { SAMPLE_TOPIC, sampleMessages } from '../../support/sample-message.ts'

const QUERY = `query($id: CommunityId!) { community(communityId: $id) {
  nextArchiveAt lateMessages schedule { status suspendedBecause nextArchiveAt failedRuns }
} }`

describe('the schedule of a community', () => {
  const planned = 1_700_000_000_500 as UnixMillis
  const cases: readonly (readonly [schedule: Schedule, shown: object])[] = [
    [
      { status: 'SUSPENDED', because: 'SEEDING_WITHDRAWN' },
      { status: 'SUSPENDED', suspendedBecause: 'SEEDING_WITHDRAWN' },
    ],
    [{ status: 'RUNNING' }, { status: 'RUNNING' }],
    [{ status: 'WAITING_FOR_MESSAGE' }, { status: 'WAITING_FOR_MESSAGE' }],
    [
      { status: 'PLANNED', at: planned },
      { status: 'PLANNED', nextArchiveAt: '2023-11-14T22:13:20.500Z' },
    ],
  ]

  test('is shown as the node has it', async () => {
    let schedule: Schedule = { status: 'RUNNING' }
    const asked: string[] = []
    const { url, stores } = await openApi({
      ports: {
        readSchedule: async ({ communityId }) => {
          asked.push(communityId)
          return schedule
        },
      },
    })
    await recordFacts(stores.log, facts.ready)
    for (const [next, shown] of cases) {
      schedule = next
      const all = { suspendedBecause: null, nextArchiveAt: null, failedRuns: 0, ...shown }
      const { community } = await askData<{ community: unknown }>(url, QUERY, { id: facts.COMMUNITY })
      expect(community).toEqual({ nextArchiveAt: all.nextArchiveAt, lateMessages: 0, schedule: all })
    }
    expect(new Set(asked)).toEqual(new Set([facts.COMMUNITY]))
  })

  test('counts the runs that failed in a row, and the messages that came late', async () => {
    const { url, stores } = await openApi()
    const { COMMUNITY } = facts
    const failed = [2, 3].flatMap((n) => [facts.archiveCreationStarted(n), facts.archiveCreationFailed(n, 'DISK_FULL')])
    await recordFacts(stores.log, [...facts.ready, facts.contentTopicsChanged([SAMPLE_TOPIC])])
    const late = sampleMessages(11, { timestamp: facts.at(0) })
    await stores.messages.record(COMMUNITY, late)
    const shown = async (): Promise<unknown> =>
      (await askData<{ community: unknown }>(url, QUERY, { id: COMMUNITY })).community
    expect(await shown()).toMatchObject({ lateMessages: 0, schedule: { status: 'PLANNED', failedRuns: 0 } })
    // The run had looked at 10 of them.
    await recordFacts(stores.log, [...facts.created(1), ...failed])
    expect(await shown()).toMatchObject({ lateMessages: 1, schedule: { status: 'PLANNED', failedRuns: 2 } })
    await recordFacts(stores.log, [{ type: 'ProtocolDisabled', data: {} }])
    expect(await shown()).toMatchObject({
      nextArchiveAt: null,
      lateMessages: 1,
      schedule: { status: 'SUSPENDED', suspendedBecause: 'PROTOCOL_DISABLED', failedRuns: 2 },
    })
  })
})
