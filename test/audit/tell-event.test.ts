import { describe, expect, test } from 'vitest'
import { createTimeWords, tellBytes, tellSeconds } from '../../src/audit/in-words.ts'
import { tellActor } from '../../src/audit/tell-actor.ts'
import { tellCode } from '../../src/audit/tell-code.ts'
import { tellEvent } from '../../src/audit/tell-event.ts'
import { EVENT_SCHEMAS } from '../../src/events/event-schemas.ts'
import { ONE_OF_EACH } from '../support/one-of-each-event.ts'

const times = createTimeWords('utc')

describe('an event in words', () => {
  test.each(Object.keys(EVENT_SCHEMAS.current))('%s is one plain line', (type) => {
    const told = tellEvent(ONE_OF_EACH[type as keyof typeof ONE_OF_EACH], times)
    expect(told).toMatch(/^[a-z].{8,}[^.\s]$/)
    expect(told).not.toMatch(/undefined|null|NaN|\[object|\n|[A-Z]{3,}_|[0-9a-f]{20}/)
  })

  test.each([
    [
      'ArchiveCreated',
      'packed 3 messages of 2023-11-14 22:13:20 to 2023-11-21 22:13:20 into 1 archive, 1.0 kB; torrent 00000000…',
    ],
    ['ArchiveCreationFailed', 'packed nothing: the disk has too little space (needed: 3.0 GB, free: 1.0 GB)'],
    [
      'SettingsChanged',
      'changed the settings: at most 2.0 GB on the disk; uploaded at 500.0 kB a second at most; fetches the archives of 1970-01-01 to 1970-01-02; magnet links for anybody',
    ],
    ['Unseeded', 'stopped seeding torrent 00000000…: its files are damaged (a file is missing)'],
    [
      'ArchivesVerified',
      'found damage in the files of torrent 00000000…: 3 of 12 pieces, 1 archive, the list of archives, the torrent file',
    ],
    ['ArchiveImported', 'took over archive 0x00000000…: 3 messages, 2 new, 1 other removed'],
    ['ReactorParked', 'gave up seeding for now, after 20 failures: no archive yet'],
    ['NodeStarted', 'started the node, version 1.2.3; it had died without notice, last seen 1970-01-01 00:00:01'],
  ] as const)('%s says it with units', (type, told) => {
    expect(tellEvent(ONE_OF_EACH[type], times)).toBe(told)
  })

  test('one of anything is told as one', () => {
    const { ArchiveCreated: created, ArchiveImported: imported, CheckpointSigned: signed } = ONE_OF_EACH
    const archives = created.data.archives.slice(0, 1).map((archive) => ({ ...archive, messages: 1 }))
    expect(tellEvent({ ...created, data: { ...created.data, archives } }, times)).toContain('packed 1 message of ')
    expect(tellEvent({ ...imported, data: { ...imported.data, removed: 1 } }, times)).toContain(', 1 other removed')
    expect(tellEvent({ ...signed, data: { ...signed.data, size: 1 } }, times)).toContain('the first 1 event:')
  })

  test('a run of late messages alone has no range', () => {
    const { communityId, data } = ONE_OF_EACH.ArchiveCreationStarted
    const late = { type: 'ArchiveCreationStarted', communityId, data: { ...data, to: data.from } } as const
    expect(tellEvent(late, times)).toBe('began to pack messages that came in late')
  })
})

test('who did it is told in words', () => {
  const actors = ['local', 'cli', 'schedule', 'node', 'reactor:seeding', 'token:3fa9c1d2aa', 'peer:a1b2c3d4ff'] as const
  expect(actors.map(tellActor)).toEqual([
    'a local client',
    'command line',
    'node: schedule',
    'node',
    'node: seeding',
    'token 3fa9c1d2…',
    'peer a1b2c3d4…',
  ])
})

test('what is no code of a failure is told as it is', () => {
  expect([tellCode('NO_PEERS'), tellCode('SOME_OTHER'), tellCode('constructor')]).toEqual([
    'nobody was found who has it',
    'some other',
    'constructor',
  ])
})

test('lengths and spans have the unit that fits', () => {
  expect([0, 1, 999, 1_000, 999_949, 999_950, 1_234_567, 2 ** 53].map(tellBytes)).toEqual([
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1.0 kB',
    '999.9 kB',
    '1.0 MB',
    '1.2 MB',
    '9.0 PB',
  ])
  expect([1, 90, 3_600, 604_800].map(tellSeconds)).toEqual(['1 second', '90 seconds', '1 hour', '7 days'])
})
