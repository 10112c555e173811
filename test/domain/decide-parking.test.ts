import { describe, expect, test } from 'vitest'
import type { CommunityEvent } from '../../src/domain/events.ts'
import { NEW_CHANCES, PARKABLE_REACTORS } from '../../src/domain/new-chance.ts'
import type { ParkableReactor, ReactorParked } from '../../src/domain/parking-events.ts'
import * as facts from '../support/community-facts.ts'
import { communityAfter, given } from '../support/given-when-then.ts'
import {
  downloadCancelled,
  downloadFinished,
  fetched,
  fetching,
  importFinished,
  importStarted,
  member,
} from '../support/member-facts.ts'

const { COMMUNITY: communityId } = facts

function parked(reactor: ParkableReactor, code = 'TIMED_OUT'): ReactorParked {
  return { type: 'ReactorParked', communityId, data: { reactor, code, failures: 20 } }
}
function retried(reactor: ParkableReactor): CommunityEvent {
  return { type: 'ReactorRetried', communityId, data: { reactor } }
}
function skipped(reactor: ParkableReactor): CommunityEvent {
  return { type: 'ReactorSkipped', communityId, data: { reactor } }
}
const park = (reactor: ParkableReactor, code = 'TIMED_OUT') =>
  ({ type: 'ParkReactor', communityId, reactor, code, failures: 20 }) as const
const retry = (reactor: ParkableReactor) => ({ type: 'RetryParked', communityId, reactor }) as const
const skip = (reactor: ParkableReactor) => ({ type: 'SkipParked', communityId, reactor }) as const

describe('ParkReactor', () => {
  test('gives the work up once, whatever it fails for next', () => {
    given(facts.ready).when(park('seeding')).then(parked('seeding'))
    given(facts.ready, parked('seeding')).when(park('seeding', 'FILES_MISSING')).then()
    given(facts.ready, parked('seeding')).when(park('dispatching')).then(parked('dispatching'))
    given(facts.ready, parked('repairing'), skipped('repairing')).when(park('repairing')).then()
  })

  test('is refused where nobody wants the work any more', () => {
    given(facts.ready, facts.communityLeft).when(park('seeding')).thenRefused('CommunityWasLeft')
    given(facts.ready, facts.archivingDisabled).when(park('seeding')).thenRefused('ArchivingIsDisabled')
    given(facts.ready, facts.seedingWithdrawn).when(park('seeding')).thenRefused('SeedingIsWithdrawn')
    given(facts.ready, facts.seedingWithdrawn).when(park('repairing')).then(parked('repairing'))
  })
})

describe('RetryParked', () => {
  test('gives parked work another chance, and work that was skipped', () => {
    given(facts.ready, parked('repairing')).when(retry('repairing')).then(retried('repairing'))
    given(facts.ready, parked('repairing'), skipped('repairing')).when(retry('repairing')).then(retried('repairing'))
    given(facts.ready, parked('seeding'), retried('seeding')).when(park('seeding')).then(parked('seeding'))
  })

  test('is refused where nothing is parked', () => {
    given(facts.ready).when(retry('seeding')).thenRefused('NothingParked')
    given(facts.ready, parked('repairing')).when(retry('seeding')).thenRefused('NothingParked')
    given(facts.ready, parked('seeding'), retried('seeding')).when(retry('seeding')).thenRefused('NothingParked')
  })
})

describe('SkipParked', () => {
  const [isFetching, isImporting] = [
    [...member, ...fetching(1)],
    [...member, ...fetched(1), importStarted(1)],
  ]

  test.each<[ParkableReactor, readonly CommunityEvent[], readonly CommunityEvent[]]>([
    ['seeding', facts.ready, [facts.seedingWithdrawn]],
    ['dispatching', facts.ready, []],
    ['repairing', facts.ready, []],
    ['downloading', isFetching, [downloadCancelled(1, 'REQUESTED')]],
    ['downloading', member, []],
    ['importing', isImporting, [importFinished(1, 0)]],
    ['importing', member, []],
  ])('leaves %s undone, and withdraws what was wished of it', (reactor, past, withdrawn) => {
    given(past, parked(reactor)).when(skip(reactor)).then(skipped(reactor), withdrawn)
  })

  test('is refused where nothing is parked, and granted where it is skipped already', () => {
    given(facts.ready).when(skip('seeding')).thenRefused('NothingParked')
    given(facts.ready, parked('repairing'), skipped('repairing')).when(skip('repairing')).then()
  })
})

describe('a new chance', () => {
  const wishes: readonly CommunityEvent[] = [
    facts.seedingWithdrawn,
    facts.archivingDisabled,
    facts.communityLeft,
    facts.contentTopicsChanged(),
    facts.archiveCreated(1),
    downloadFinished(1),
  ]

  test.each(wishes.map((wish) => [wish.type, wish] as const))('%s forgets all that was given up', (_type, wish) => {
    const all = PARKABLE_REACTORS.map((reactor) => parked(reactor))
    expect(communityAfter(facts.ready, all, skipped('repairing'), wish)).toMatchObject({
      parking: { parked: new Map(), skipped: new Set() },
    })
  })

  test('is none for a reactor by what it does itself while it fails', () => {
    for (const type of [
      'SeedingFailed',
      'DownloadFailed',
      'ArchiveQuarantined',
      'ImportFinished',
      'Unseeded',
    ] as const) {
      expect(NEW_CHANCES[type]).toBeUndefined()
    }
  })
})
