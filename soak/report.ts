import type { RecordCheck } from './check-record.ts'
import type { Followed } from './followed.ts'
import type { Measured } from './keep-on.ts'
import { quantile, slopePerMinute, type MemorySample } from './measure.ts'

interface Outcome extends Measured {
  readonly counts: Readonly<Record<'packed' | 'fetched' | 'dropped', number>>
  readonly check: RecordCheck
  readonly memberEvents: number
  readonly followed: readonly Followed[]
  readonly downMs: readonly number[]
  readonly drainMs: number
  readonly runMs: number
}

/** Before it, caches fill and code is compiled. */
const WARM_UP_SHARE = 0.25

/** Prints what happened, as it stands in docs/reliability.md. */
export function report(outcome: Outcome): void {
  const { counts, check, memberEvents, followed, downMs, drainMs, probes, memory, runMs } = outcome
  const received = followed.reduce((sum, { count }) => sum + count, 0)
  const rows: readonly (readonly [string, string])[] = [
    ['minutes', (runMs / 60_000).toFixed(1)],
    ['archives packed, fetched; communities dropped', `${counts.packed}, ${counts.fetched}; ${counts.dropped}`],
    ['events in the two logs', `${check.events}, ${memberEvents}`],
    ['subscribers, signals to each', `${followed.length}, ${check.signals}`],
    ['signals received, connections opened again', `${received}, ${sumOf(followed.map(({ resumed }) => resumed))}`],
    [
      'SIGKILLs; back after, median and worst',
      `${downMs.length}; ${ms(quantile(downMs, 0.5))}, ${ms(quantile(downMs, 1))}`,
    ],
    [
      'a small query meanwhile: median, p99',
      `${ms(quantile(probes, 0.5))}, ${ms(quantile(probes, 0.99))} of ${probes.length}`,
    ],
    ['until the last subscriber had all', ms(drainMs)],
  ]
  for (const [name, value] of rows) console.log(`| ${name} | ${value} |`)
  reportLives('packs', memory.control)
  reportLife(
    'packs, torrent client',
    memory.control.map(({ atMs, client }) => [atMs, client]),
  )
  reportLife(
    'fetches',
    memory.member.map(({ atMs, main }) => [atMs, main]),
  )
  reportLife(
    'fetches, torrent client',
    memory.member.map(({ atMs, client }) => [atMs, client]),
  )
}

/** Of a node that is killed now and then: what each of its processes held at its end. */
function reportLives(name: string, samples: readonly MemorySample[]): void {
  const lives = Map.groupBy(samples, ({ pid }) => pid)
  const ends = [...lives.values()].map((life) =>
    quantile(
      life.slice(-10).map(({ main }) => main),
      0.5,
    ).toFixed(0),
  )
  console.log(`| memory of the node that ${name}, at the end of each life | ${ends.join(', ')} MB |`)
}

function reportLife(name: string, points: readonly (readonly [atMs: number, megabytes: number | null])[]): void {
  const known = points.filter((point): point is readonly [number, number] => point[1] !== null)
  const warm = known.slice(Math.floor(known.length * WARM_UP_SHARE))
  const values = warm.map(([, megabytes]) => megabytes)
  const range = `${quantile(values, 0).toFixed(0)} to ${quantile(values, 1).toFixed(0)} MB`
  console.log(`| memory of what ${name}, after warm-up | ${range}, ${slopePerMinute(warm).toFixed(2)} MB a minute |`)
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function ms(value: number): string {
  return Number.isNaN(value) ? 'none' : `${value.toFixed(0)} ms`
}
