import { watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { vi } from 'vitest'
import type { SeededRandom } from './seeded-random.ts'
import type { EventType } from '../../src/domain/events.ts'
import { EventReader } from '../../src/events/event-reader.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import type { PersistentClient } from './persistent-client.ts'

/** What is recorded just before the most can go wrong: something is done and not recorded yet, or the reverse. */
const BEFORE_GAPS: readonly [EventType, ...EventType[]] = [
  'ArchiveCreationStarted',
  'ArchiveCreated',
  'SeedingStarted',
  'MagnetlinkDispatched',
  'Unseeded',
]
/** Whatever it waits for, so many answers are enough. */
const MOST_WISHES = 60
const LIMIT_MS = 60_000

/**
 * Waits for a moment to crash at: some time after a few answers; very soon after something was recorded; at once when
 * a wish is granted, so that its answer is lost; or in the middle of packing.
 */
export async function someMoment(dataDir: string, { answered }: PersistentClient, random: SeededRandom): Promise<void> {
  const before = answered.length
  const until = async (isTime: () => boolean): Promise<void> => {
    await vi.waitUntil(() => isTime() || answered.length >= before + MOST_WISHES, { timeout: LIMIT_MS, interval: 1 })
  }
  const kind = random.pick(['ANSWERED', 'RECORDED', 'GRANTED', 'PACKING'] as const)
  switch (kind) {
    case 'ANSWERED': {
      const enough = before + random.below(30)
      await until(() => answered.length >= enough)
      await setTimeout(random.below(150))
      break
    }
    case 'RECORDED': {
      const gap = random.pick(BEFORE_GAPS)
      await untilRecorded(dataDir, ({ event }) => event.type === gap, until)
      await setTimeout(random.below(20))
      break
    }
    case 'GRANTED':
      await untilRecorded(dataDir, ({ actor }) => actor === 'local', until)
      break
    case 'PACKING':
      await untilPacking(dataDir, until)
      await setTimeout(random.below(10))
      break
    default:
      kind satisfies never
  }
}

type Until = (isTime: () => boolean) => Promise<void>

async function untilRecorded(dataDir: string, isIt: (recorded: Recorded) => boolean, until: Until): Promise<void> {
  const reader = new EventReader(join(dataDir, 'seedbank.db'))
  const after = reader.head()
  await until(() => reader.readNext(after, 1000).some(isIt))
  reader.close()
}

async function untilPacking(dataDir: string, until: Until): Promise<void> {
  let isPacking = false
  const watcher = watch(join(dataDir, 'archives'), { recursive: true }, () => (isPacking = true))
  await until(() => isPacking)
  watcher.close()
}
