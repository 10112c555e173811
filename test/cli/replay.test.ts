import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { replay, type ReplayWish } from '../../src/app/audit/replay.ts'
import { parsePosition, parseTime } from '../../src/cli/parse-time.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import * as facts from '../support/community-facts.ts'
import { recordFacts } from '../support/record-facts.ts'
import { runSeedbank, startSeedbank } from '../support/run-seedbank.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { openTemporaryLog } from '../support/temporary-log.ts'

const DAY = '2026-01-31'
const OTHER = `0x${'0e'.repeat(32)}` as CommunityId

/** A data directory whose log is still open for writing, as beside a node. */
async function recordedPast(switches = 0): Promise<string> {
  const dataDir = createTemporaryFolder()
  let now = Date.parse(`${DAY}T12:00:00Z`)
  const log = openTemporaryLog({ file: join(dataDir, 'seedbank.db'), now: () => (now += 1_000) as UnixMillis })
  await recordFacts(log, [...facts.ready, ...facts.served(1), { type: 'ProtocolDisabled', data: {} }])
  if (switches > 0)
    await recordFacts(
      log,
      [...Array(switches)].map((_, n) => (n % 2 === 0 ? facts.archivingDisabled : facts.archivingEnabled)),
    )
  return dataDir
}

async function told(dataDir: string, wish: Partial<ReplayWish>, threadFrom?: number): Promise<readonly string[]> {
  const all = { dataDir, from: null, to: null, communityId: null, form: 'LINES', zone: 'utc', ...wish } as const
  let text = ''
  const answer = await replay(all, async (part) => ((text += part), true), threadFrom)
  return answer.ok ? text.split('\n') : [answer.error.type]
}

describe('a replay', () => {
  test('tells an event a line, and then the state, also where that is folded on a thread', async () => {
    const dataDir = await recordedPast()
    const lines = await told(dataDir, {})
    expect(lines.slice(0, 10)).toEqual([
      '#  time (UTC)           community    by whom            what happened',
      '1  2026-01-31 12:00:01  0xc0c0c0c0…  a local client     added the community: this node packs and announces its history',
      '2  2026-01-31 12:00:02  0xc0c0c0c0…  a local client     set the topics of the community: 0x0a0b0c0d, 0x01020304',
      '3  2026-01-31 12:00:03  0xc0c0c0c0…  a local client     switched archiving on for the community',
      '4  2026-01-31 12:00:04  0xc0c0c0c0…  a local client     began to pack messages of 2023-11-14 22:13:20 to 2023-11-21 22:13:20',
      '5  2026-01-31 12:00:05  0xc0c0c0c0…  a local client     packed 3 messages of 2023-11-14 22:13:20 to 2023-11-21 22:13:20 into 1 archive, 1.0 kB; torrent 00000000…',
      '6  2026-01-31 12:00:06  0xc0c0c0c0…  a local client     began to seed torrent 00000000…',
      '7  2026-01-31 12:00:07               a local client     switched archiving off for all communities',
      '',
      'After event 7:',
    ])
    expect(lines).toContain('  messages in archives  3')
    expect(await told(dataDir, {}, 1)).toEqual(lines)
  })

  test('tells a part, with the state of all that came before', async () => {
    const dataDir = await recordedPast()
    const part = await told(dataDir, { from: 5, to: 6, communityId: facts.COMMUNITY })
    expect(part.slice(1, 3).map((line) => line.slice(0, 1))).toEqual(['5', '6'])
    expect(part).toContain('  archiving             on')
    expect(part).not.toContain('the node')
    const time = Date.parse(`${DAY}T12:00:03Z`) as UnixMillis
    expect((await told(dataDir, { to: { time } })).slice(3, 6)).toEqual([
      expect.stringMatching(/^3 /),
      '',
      'After event 3:',
    ])
    expect(await told(dataDir, { from: 6, to: 3 })).toEqual(['RangeEmpty'])
  })

  test('as JSON is an object a line', async () => {
    const lines = (await told(await recordedPast(), { form: 'JSON' }))
      .slice(0, -1)
      .map((line) => JSON.parse(line) as object)
    expect(lines).toHaveLength(8)
    expect(lines[5]).toMatchObject({
      position: 6,
      type: 'SeedingStarted',
      recordedAt: `${DAY}T12:00:06.000Z`,
      summary: 'began to seed torrent 00000000…',
    })
    expect(lines[7]).toMatchObject({
      state: {
        position: 7,
        node: { protocol: 'DISABLED', isRunning: false, torrentClient: 'DOWN' },
        communities: [
          {
            communityId: facts.COMMUNITY,
            archives: 1,
            addedAt: `${DAY}T12:00:01.000Z`,
            leftAt: null,
            coveredFrom: '2023-11-14T22:13:20.000Z',
            archivedUpTo: '2023-11-21T22:13:20.000Z',
          },
        ],
      },
    })
  })
})

test('what there is nothing of is refused by name', async () => {
  const dataDir = await recordedPast()
  const wishes = [
    [['--to', '8'], 'There is no event 8: the newest is 7'],
    [['--as-of', DAY], `Nothing was recorded by ${DAY}T00:00:00.000Z: the first event is of ${DAY}T12:00:01.000Z`],
    [['--community', OTHER], `There is no event of community ${OTHER} up to event 7`],
    [['--from', '0'], '--from is "0", but must be the position of an event, from 1 on'],
  ] as const
  for (const [flags, message] of wishes) {
    const { code, out, errors } = await runSeedbank('replay', '--data-dir', dataDir, ...flags)
    expect({ code, out, errors }).toEqual({ code: 2, out: '', errors: `${message}\n` })
  }
})

test('ends without a word when nobody reads on', async () => {
  const { child, ended } = startSeedbank('replay', '--data-dir', await recordedPast(600))
  child.stdout?.destroy()
  expect(await ended).toEqual({ code: 0, out: '', errors: '' })
})

test('times are taken as people write them, in the zone that is told in', () => {
  const parse = (text: string): unknown => parseTime(text, 'utc')
  const noon = { ok: true, value: Date.parse(`${DAY}T12:00:00Z`) }
  const tellings = [`${DAY} 12:00`, `${DAY}T12:00:00.000Z`, `${DAY}T14:00+02:00`]
  expect(tellings.map(parse)).toEqual([noon, noon, noon])
  const endOfSecond = { ok: true, value: Date.parse(`${DAY}T12:00:00.999Z`) }
  expect([`${DAY} 12:00:00`, `${DAY}T12:00:00Z`].map(parse)).toEqual([endOfSecond, endOfSecond])
  expect(parseTime(`${DAY} 12:00`, 'local')).toEqual({ ok: true, value: new Date(2026, 0, 31, 12).getTime() })
  expect(['2026-02-30', 'yesterday', '2026-01-31T25:00Z', '12:00'].map((text) => parseTime(text, 'utc').ok)).toEqual([
    false,
    false,
    false,
    false,
  ])
  expect(['1', '007', '-1', '1.5', '', '99999999999999999'].map((text) => parsePosition(text).ok)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})
