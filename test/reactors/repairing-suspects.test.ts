import { expect, onTestFinished, test } from 'vitest'
import { createSuspects } from '../../src/app/verification/suspects.ts'
import { ok } from '../../src/domain/result.ts'
import { createAttempts } from '../../src/reactors/attempts.ts'
import { createRepairingReactor } from '../../src/reactors/repairing-reactor.ts'
import { COMMUNITY as communityId } from '../support/community-facts.ts'
import { createMovableClock } from '../support/movable-clock.ts'

const HOUR_MS = 3_600_000
const FAR_TOO_OFTEN = 50

test('whoever cannot read what is whole is given another chance once an hour', async () => {
  const [clock, suspects, faults]: [
    ReturnType<typeof createMovableClock>,
    ReturnType<typeof createSuspects>,
    unknown[],
  ] = [createMovableClock(), createSuspects(), []]
  const onFault = (fault: unknown): void => void faults.push(fault)
  let tries = 0
  const tryToRead = (): void => {
    tries += 1
    if (tries < FAR_TOO_OFTEN)
      suspects.add({ communityId, damage: `not read by ${tries}`, cause: '', correlationId: '' })
  }
  const reactor = createRepairingReactor({
    readDamaged: async () => suspects.all(),
    async repair() {
      suspects.clear(communityId)
      return ok('WHOLE')
    },
    endUnwanted: async () => undefined,
    onWhole: tryToRead,
    attempts: createAttempts({ now: clock.now, random: () => 1, onFault, giveUp: async () => undefined }),
    wallClock: clock,
    onFault,
  })
  onTestFinished(async () => reactor.stop())
  suspects.onAdded(reactor.wake)

  tryToRead()
  await reactor.settled()
  expect(tries).toBe(2)
  clock.advanceBy(HOUR_MS - 1)
  tryToRead()
  await reactor.settled()
  expect(tries).toBe(3)
  clock.advanceBy(1)
  tryToRead()
  await reactor.settled()
  expect([tries, faults]).toEqual([5, []])
})
