import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { vi } from 'vitest'
import type { SeededRandom } from '../../bench/seeded-random.ts'
import type { EventType } from '../../src/domain/events.ts'
import { EventReader } from '../../src/events/event-reader.ts'
import type { PersistentClient } from './persistent-client.ts'

/** What is recorded just before the most can go wrong: something is done and not recorded yet, or the reverse. */
const BEFORE_GAPS: readonly [EventType, ...EventType[]] = [
  'ArchiveCreationStarted',
  'ArchiveCreated',
  'SeedingStarted',
  'MagnetlinkDispatched',
  'Unseeded',
]
const MOST_WISHES = 60
const LIMIT_MS = 60_000

/** Waits for a moment to crash at: some time after a few answers, or very soon after something was recorded. */
export async function someMoment(dataDir: string, { answered }: PersistentClient, random: SeededRandom): Promise<void> {
  const before = answered.length
  if (random.below(3) === 0) {
    const enough = before + random.below(30)
    await vi.waitUntil(() => answered.length >= enough, { timeout: LIMIT_MS, interval: 1 })
    await setTimeout(random.below(150))
    return
  }
  const reader = new EventReader(join(dataDir, 'seedbank.db'))
  const query = { after: reader.head(), types: [random.pick(BEFORE_GAPS)], limit: 1 }
  const isTime = (): boolean => reader.read(query).length > 0 || answered.length >= before + MOST_WISHES
  await vi.waitUntil(isTime, { timeout: LIMIT_MS, interval: 1 })
  reader.close()
  await setTimeout(random.below(20))
}
