import { expect, test } from 'vitest'
import { createLocks } from '../../../src/app/locks.ts'
import { createTurns } from '../../../src/app/packing/packing-turns.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { err } from '../../../src/domain/result.ts'
import type { ArchivingPorts, RunningRun } from '../../../src/reactors/archiving-reactor.ts'
import { archiveCreationStarted } from '../../support/community-facts.ts'
import { communityNumber } from '../../support/sample-wishes.ts'

function runOf(n: number): RunningRun {
  return { ...archiveCreationStarted(n).data, communityId: communityNumber(n), cause: 'c', correlationId: 'd' }
}

const never = new AbortController().signal
const done = err({ code: 'INTERNAL', numbers: {} } as const)

test('runs are packed one at a time, and one that waits for a repair takes no turn from the others', async () => {
  const locks = createLocks<CommunityId>()
  const repair = Promise.withResolvers<void>()
  const packing = Promise.withResolvers<void>()
  const begun: CommunityId[] = []
  const pack: ArchivingPorts['pack'] = async ({ communityId }) => {
    begun.push(communityId)
    if (communityId === communityNumber(2)) await packing.promise
    return done
  }
  const turns = createTurns(pack, locks)
  void locks.hold(communityNumber(1), async () => repair.promise)
  const [first, second, third] = [1, 2, 3].map(async (n) => turns(runOf(n), never))
  await new Promise(setImmediate)
  expect(begun).toEqual([communityNumber(2)])
  packing.resolve()
  await Promise.all([second, third])
  expect(begun).toEqual([communityNumber(2), communityNumber(3)])
  repair.resolve()
  await first
  expect(begun).toEqual([2, 3, 1].map(communityNumber))
})

test('a run that was stopped while it waited is not packed', async () => {
  const locks = createLocks<CommunityId>()
  const repair = Promise.withResolvers<void>()
  const stop = new AbortController()
  const turns = createTurns(async () => expect.unreachable(), locks)
  void locks.hold(communityNumber(1), async () => repair.promise)
  const run = turns(runOf(1), stop.signal)
  stop.abort()
  repair.resolve()
  expect(await run).toEqual(err({ code: 'STOPPED', numbers: {} }))
})
