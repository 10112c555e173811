import { describe, expect, onTestFinished, test } from 'vitest'
import type { Command } from '../../src/domain/commands.ts'
import { err, ok } from '../../src/domain/result.ts'
import { createArchivingReactor, type ArchivingPorts, type RunningRun } from '../../src/reactors/archiving-reactor.ts'
import { archiveCreationStarted, COMMUNITY, packed } from '../support/community-facts.ts'
import { createMovableClock } from '../support/movable-clock.ts'

const run: RunningRun = {
  ...archiveCreationStarted(1).data,
  communityId: COMMUNITY,
  cause: 'cause',
  correlationId: 'correlation',
}

/** A reactor with one run, which ends once its end is recorded. */
function startArchiving(answer: (attempt: number) => ReturnType<ArchivingPorts['record']>) {
  const clock = createMovableClock()
  const recorded: Command[] = []
  const faults: unknown[] = []
  let running = [run]
  const reactor = createArchivingReactor({
    readRuns: async () => running,
    isProtocolEnabled: async () => true,
    pack: async () => ok({ type: 'CREATED', archive: packed(1) }),
    record: async (command) => {
      recorded.push(command)
      const answered = await answer(recorded.length)
      if (answered.ok) running = []
      return answered
    },
    wallClock: clock,
    onFault: (fault) => faults.push(fault),
  })
  onTestFinished(async () => reactor.stop())
  reactor.wake()
  return { clock, recorded, faults, reactor, isRunning: () => running.length > 0 }
}

describe('a run whose end could not be recorded', () => {
  test('because the log failed is packed again half a minute later', async () => {
    const { clock, recorded, faults, reactor, isRunning } = startArchiving(async (attempt) => {
      if (attempt === 1) throw new Error('SQLITE_FULL')
      return ok(null)
    })
    await reactor.settled()
    await reactor.settled()
    expect(faults).toMatchObject([{ message: 'SQLITE_FULL' }])
    clock.advanceBy(29_999)
    await reactor.settled()
    expect(recorded).toHaveLength(1)
    clock.advanceBy(1)
    await reactor.settled()
    expect(recorded).toHaveLength(2)
    expect(isRunning()).toBe(false)
  })

  test('because it was refused fails, so that the next can begin', async () => {
    const { recorded, faults, reactor, isRunning } = startArchiving(async (attempt) =>
      attempt === 1 ? err({ type: 'DataNotAppended' }) : ok(null),
    )
    await reactor.settled()
    expect(recorded).toMatchObject([
      { type: 'RecordArchiveCreated' },
      { type: 'RecordArchiveCreationFailed', code: 'INTERNAL' },
    ])
    expect(faults).toMatchObject([{ message: expect.stringContaining('DataNotAppended') }])
    expect(isRunning()).toBe(false)
  })

  test('because it has one already is left alone', async () => {
    const { recorded, faults, reactor } = startArchiving(async () => err({ type: 'RunNotActive' }))
    await reactor.settled()
    expect([recorded.length, faults.length]).toEqual([1, 0])
  })
})
