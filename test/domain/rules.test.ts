import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ArchiveCreated, ArchiveCreationStarted, CommunityEvent } from '../../src/domain/events.ts'
import { isDamage } from '../../src/domain/failure-codes.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { factsOf, life, type Turn } from '../support/community-play.ts'

/** The rules are checked on the facts alone, in the order of the log, without the state that decided them. */
function inEveryLife(check: (facts: readonly CommunityEvent[], turns: readonly Turn[]) => void): void {
  fc.assert(
    fc.property(life, (turns) => check(factsOf(turns), turns)),
    { numRuns: 300 },
  )
}

function ofType<Type extends CommunityEvent['type']>(
  type: Type,
  facts: readonly CommunityEvent[],
): readonly Extract<CommunityEvent, { type: Type }>[] {
  return facts.filter((fact): fact is Extract<CommunityEvent, { type: Type }> => fact.type === type)
}

/** What is recorded as served after these facts. */
function servedAfter(facts: readonly CommunityEvent[]): ReadonlySet<InfoHash> {
  const served = new Set<InfoHash>()
  for (const fact of facts) {
    if (fact.type === 'SeedingStarted') served.add(fact.data.infoHash)
    if (fact.type === 'Unseeded' || fact.type === 'SeedingFailed') served.delete(fact.data.infoHash)
  }
  return served
}

/** When the torrent became the newest, for the last time. */
function positionOf(infoHash: InfoHash, facts: readonly CommunityEvent[]): number {
  return facts.findLastIndex(
    (fact) => (fact.type === 'ArchiveCreated' || fact.type === 'DownloadFinished') && fact.data.infoHash === infoHash,
  )
}

/** The last of these facts that is of one of the types. */
function lastOf(facts: readonly CommunityEvent[], ...types: readonly CommunityEvent['type'][]): string | undefined {
  return facts.findLast(({ type }) => types.includes(type))?.type
}

describe('in every life of a community', () => {
  test('only a control node creates archives and dispatches (rule 1)', () => {
    const ofControlNode = ['ArchiveCreationStarted', 'ArchiveCreated', 'NoArchiveCreated', 'MagnetlinkDispatched']
    inEveryLife((facts) => {
      for (const [index, { type }] of facts.entries()) {
        if (!ofControlNode.includes(type)) continue
        const added = ofType('CommunityAdded', facts.slice(0, index)).at(-1)
        expect(added?.data.role).toBe('CONTROL_NODE')
      }
    })
  })

  test('a torrent is dropped as replaced only after a newer one was served (rule 2)', () => {
    inEveryLife((facts) => {
      for (const [index, fact] of facts.entries()) {
        if (fact.type !== 'Unseeded' || fact.data.reason !== 'REPLACED') continue
        const started = ofType('SeedingStarted', facts.slice(0, index)).map(({ data }) => data.infoHash)
        const past = facts.slice(0, index)
        const own = positionOf(fact.data.infoHash, past)
        expect(started.some((infoHash) => positionOf(infoHash, past) > own)).toBe(true)
      }
    })
  })

  test('nothing is told of a torrent that was never created here, and that no link names (rule 2)', () => {
    inEveryLife((facts) => {
      const created = new Set<InfoHash>()
      for (const { type, data } of facts) {
        if (type === 'ArchiveCreated' || type === 'MagnetlinkReceived') created.add(data.infoHash)
        if ('infoHash' in data) {
          expect(created).toContain(data.infoHash)
        }
      }
    })
  })

  test('a torrent is announced only while it is recorded as served (rules 3 and 7)', () => {
    inEveryLife((facts) => {
      for (const [index, fact] of facts.entries()) {
        if (fact.type === 'MagnetlinkDispatched') {
          expect(servedAfter(facts.slice(0, index))).toContain(fact.data.infoHash)
        }
      }
    })
  })

  test('a torrent has at most one first dispatch, and none after another (rule 3)', () => {
    inEveryLife((_facts, turns) => {
      const dispatched = new Set<InfoHash>()
      for (const { command, events } of turns) {
        for (const { data } of ofType('MagnetlinkDispatched', events)) {
          if (command.type === 'DispatchMagnetlink' && command.occasion === 'FIRST') {
            expect(dispatched).not.toContain(data.infoHash)
          }
          dispatched.add(data.infoHash)
        }
      }
    })
  })

  test('clocks only rise (rule 4)', () => {
    inEveryLife((facts) => {
      const clocks = facts.flatMap((fact) =>
        fact.type === 'MagnetlinkDispatched' || fact.type === 'MagnetlinkReceived' ? [fact.data.clock] : [],
      )
      expect(clocks).toEqual([...new Set(clocks)].sort((left, right) => left - right))
    })
  })

  test('leaving, disabling and withdrawing stop seeding and dispatching (rule 5)', () => {
    inEveryLife((facts) => {
      for (const [index, { type }] of facts.entries()) {
        if (!['SeedingStarted', 'SeedingFailed', 'MagnetlinkDispatched'].includes(type)) continue
        const past = facts.slice(0, index)
        expect(lastOf(past, 'CommunityAdded', 'CommunityLeft')).toBe('CommunityAdded')
        // Adding a community begins with archiving off and nothing withdrawn.
        expect(lastOf(past, 'CommunityAdded', 'ArchivingEnabled', 'ArchivingDisabled')).toBe('ArchivingEnabled')
        expect(lastOf(past, 'CommunityAdded', 'SeedingRequested', 'SeedingWithdrawn')).not.toBe('SeedingWithdrawn')
      }
    })
  })

  test('no archive changes bytes that are there (rule 6)', () => {
    inEveryLife((facts) => {
      let [generation, end] = [0, 0]
      for (const { type, data } of facts) {
        if (type === 'CommunityPurged') [generation, end] = [0, 0]
        if (type !== 'ArchiveCreated') continue
        expect(data.generation).toBeGreaterThanOrEqual(generation)
        if (data.generation > generation) [generation, end] = [data.generation, 0]
        for (const archive of data.archives) {
          expect(archive.offset).toBe(end)
          end += archive.rawBytes + archive.paddingBytes
        }
        expect(data.dataBytes).toBe(end)
      }
    })
  })

  test('runs come one at a time, each ends as it began, and nothing is left out between them (rule 8)', () => {
    inEveryLife((facts) => {
      let running: ArchiveCreationStarted['data'] | null = null
      let packedUpTo: number | null = null
      for (const { type, data } of facts) {
        if (type === 'ArchiveCreationStarted') {
          expect(running).toBeNull()
          expect(data.from).toBe(packedUpTo ?? data.from)
          expect(data.to).toBeGreaterThan(data.from)
          running = data
        } else if (type === 'ArchiveCreated' || type === 'NoArchiveCreated') {
          expect(data).toMatchObject(rangeOf(running))
          if (type === 'ArchiveCreated') expect(data.contentTopics).toEqual(running?.contentTopics)
          packedUpTo = data.to
          running = null
        } else if (type === 'CommunityPurged' || type === 'DownloadFinished') {
          packedUpTo = null
        } else if (type === 'ArchiveCreationFailed') {
          expect(data.runId).toBe(running?.runId)
          running = null
        } else if (type === 'CommunityLeft' || type === 'ArchivingDisabled') {
          expect(running).toBeNull()
        }
      }
    })
  })

  test('a torrent starts being served once, until it stops (rule 9)', () => {
    inEveryLife((facts) => {
      for (const [index, fact] of facts.entries()) {
        const served = servedAfter(facts.slice(0, index))
        // Damage to what is served is one fact, which tells that it stopped and why.
        if (fact.type === 'SeedingFailed' && served.has(fact.data.infoHash))
          expect(isDamage(fact.data.code)).toBe(false)
        // What is fetched may be a torrent of before that is served still: it becomes the current one again.
        if (facts[index - 1]?.type === 'DownloadFinished' && fact.type === 'SeedingStarted') continue
        if (fact.type === 'SeedingStarted' || fact.type === 'Unseeded') {
          expect(served.has(fact.data.infoHash)).toBe(fact.type === 'Unseeded')
        }
      }
    })
  })
})

function rangeOf(
  run: ArchiveCreationStarted['data'] | null,
): Partial<Pick<ArchiveCreated['data'], 'runId' | 'from' | 'to'>> {
  if (run === null) throw new Error('A run ended that had not begun')
  const { runId, from, to } = run
  return { runId, from, to }
}
