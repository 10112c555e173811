import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataPathOf } from '../../src/archives/archive-paths.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ArchiveCreated } from '../../src/domain/events.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { brokenRules } from '../support/broken-rules.ts'
import { planAbsences, planDisturbances } from '../support/disturbances.ts'
import { messagesInArchive } from '../support/messages-in-archive.ts'
import { REFUSAL } from '../support/mischief.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { SIMULATED_GRACE_SECONDS } from '../support/simulated-process.ts'
import { simulateYears, type SimulatedYears } from '../support/simulated-years.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { OWN_TOPICS, planDeliveries, TALKS, type Delivery } from '../support/two-years-plan.ts'
import { packUndisturbed } from '../support/undisturbed-history.ts'

const ROUNDS = Number(process.env['SEEDBANK_TWO_YEARS'] ?? 1)
const SEED = Number(process.env['SEEDBANK_SEED'] ?? Date.now() % 1_000_000)
const WEEKS = 104

const seeds = Array.from({ length: ROUNDS }, (_, round) => SEED + round)

test.each(seeds)(
  'two years that go wrong end as two that do not: SEEDBANK_SEED=%i',
  { timeout: 120_000 },
  async (seed) => {
    const random = createSeededRandom(seed)
    const absences = planAbsences(random, WEEKS)
    const deliveries = planDeliveries(random, WEEKS, absences)
    const disturbances = [...absences, ...planDisturbances(random, WEEKS)]
    const folder = createTemporaryFolder()

    const years = await simulateYears(folder, WEEKS, deliveries, disturbances)

    report(seed, years, disturbances.length)
    expect(years.watch.complaints).toEqual([])
    expect(brokenRules(years.events, SIMULATED_GRACE_SECONDS * 1000, years.watch.untimed)).toEqual([])
    expect(seedingFailuresIn(years)).toEqual([])
    for (const community of TALKS.keys()) {
      expect(dataOf(folder, years, community).equals(await packUndisturbed(deliveries, community, WEEKS))).toBe(true)
      expect(await archivedMessages(folder, years, community)).toEqual(sentMessages(deliveries, community))
      expectOneFirstDispatch(years, community)
    }
  },
)

function idAt({ communityIds }: SimulatedYears, community: number): CommunityId {
  return communityIds[community] ?? expect.unreachable()
}

function createdIn(years: SimulatedYears, community: number): readonly ArchiveCreated[] {
  return years.events
    .filter((recorded): recorded is Recorded<ArchiveCreated> => recorded.event.type === 'ArchiveCreated')
    .map(({ event }) => event)
    .filter(({ communityId }) => communityId === idAt(years, community))
}

function dataPath(folder: string, years: SimulatedYears, community: number): string {
  return dataPathOf(join(folder, 'archives'), idAt(years, community), 1)
}

function dataOf(folder: string, years: SimulatedYears, community: number): Buffer {
  return readFileSync(dataPath(folder, years, community))
}

/** What is in all archives, sorted: a message that is in two of them is there twice. */
async function archivedMessages(folder: string, years: SimulatedYears, community: number): Promise<readonly string[]> {
  const path = dataPath(folder, years, community)
  const archives = createdIn(years, community).flatMap(({ data }) => data.archives)
  const payloads: string[] = []
  for (const archive of archives) {
    const messages = await messagesInArchive(path, archive, OWN_TOPICS)
    payloads.push(...messages.map(({ payload }) => numberOf(payload)))
  }
  return payloads.toSorted()
}

function sentMessages(deliveries: readonly Delivery[], community: number): readonly string[] {
  return deliveries
    .filter((delivery) => delivery.community === community)
    .flatMap(({ messages }) => messages)
    .filter(({ topic }) => OWN_TOPICS.includes(topic))
    .map(({ payload }) => numberOf(payload))
    .toSorted()
}

function numberOf(payload: Uint8Array): string {
  return /^message \d+/.exec(Buffer.from(payload).toString('latin1'))?.[0] ?? expect.unreachable()
}

/** A torrent that was served is dispatched: once when it was new, and again only when a week has passed. */
function expectOneFirstDispatch({ events, communityIds }: SimulatedYears, community: number): void {
  const ofCommunity = events.filter(
    ({ event }) => 'communityId' in event && event.communityId === communityIds[community],
  )
  const served = new Set(
    ofCommunity.flatMap(({ event }) => (event.type === 'SeedingStarted' ? [event.data.infoHash] : [])),
  )
  const firsts = ofCommunity.flatMap(({ event }) =>
    event.type === 'MagnetlinkDispatched' ? [event.data.infoHash] : [],
  )
  expect(new Set(firsts)).toEqual(served)
}

/** Why torrents could not be served, but for what was injected. */
function seedingFailuresIn({ events }: SimulatedYears): readonly string[] {
  const codes = events.flatMap(({ event }) =>
    event.type === 'SeedingFailed' || event.type === 'Unseeded' ? (event.data.code ?? []) : [],
  )
  return codes.filter((code) => code !== REFUSAL)
}

function report(seed: number, { events, starts, kills, counts, watch }: SimulatedYears, disturbances: number): void {
  const types = Map.groupBy(events, ({ event }) => event.type)
  const failures = events.flatMap(({ event }) => (event.type === 'ArchiveCreationFailed' ? [event.data.code] : []))
  const sizes = Object.fromEntries([...types].map(([type, { length }]) => [type, length]))
  const codes = Object.fromEntries([...Map.groupBy(failures, String)].map(([code, { length }]) => [code, length]))
  console.log(
    `SEEDBANK_SEED=${seed} ${disturbances} disturbances, ${starts} starts, ${kills} kills,`,
    JSON.stringify({ counts, failures: codes, rests: Object.fromEntries(watch.rests), events: sizes }),
  )
}
