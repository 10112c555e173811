import { expect, test } from 'vitest'
import { ok } from '../../src/domain/result.ts'
import { createArchivingReactor, type RunningRun } from '../../src/reactors/archiving-reactor.ts'
import { archiveCreationStarted, COMMUNITY } from '../support/community-facts.ts'
import { createMovableClock } from '../support/movable-clock.ts'

test('a run that ends while the runs are read is not packed again', async () => {
  const running: RunningRun = {
    ...archiveCreationStarted(1).data,
    communityId: COMMUNITY,
    cause: 'cause',
    correlationId: 'correlation',
  }
  const packing = Promise.withResolvers<void>()
  const recorded = Promise.withResolvers<void>()
  const secondRead = Promise.withResolvers<void>()
  let reads = 0
  let packings = 0
  let hasEnded = false
  const reactor = createArchivingReactor({
    readRuns: async () => {
      reads += 1
      const runs = hasEnded ? [] : [running]
      if (reads === 2) {
        packing.resolve()
        await recorded.promise
        await secondRead.promise
      }
      return runs
    },
    isProtocolEnabled: async () => true,
    pack: async () => {
      packings += 1
      await packing.promise
      return ok({ type: 'EMPTY', recordedUpTo: 0 })
    },
    record: async () => {
      hasEnded = true
      recorded.resolve()
      return ok(null)
    },
    wallClock: createMovableClock(),
    onFault: (fault) => expect.unreachable(String(fault)),
  })
  reactor.wake()
  reactor.wake()
  await recorded.promise
  // All that follows the record in the first packing is done before the read of the second look is.
  setImmediate(secondRead.resolve)
  await reactor.settled()
  expect({ reads, packings }).toEqual({ reads: 2, packings: 1 })
})
