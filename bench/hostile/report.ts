import { quantile } from '../../soak/measure.ts'
import type { MeasuredAttack } from './measure-attack.ts'

/** What is promised. */
export interface Promised {
  /** Resident, of the process that is attacked. */
  readonly megabytes: number
  /** How many times as long as in the quiet before and after it the 99th of 100 queries may take. */
  readonly ratio: number
}

const HEADS = [
  'p50',
  'p99',
  'quiet p50',
  'p99',
  'ratio',
  'parting',
  'MB before',
  'peak',
  'after',
  'failed',
  'missed',
] as const
const NAME_WIDTH = 26

export function printHeads(): void {
  console.log('attack'.padEnd(NAME_WIDTH) + cells(HEADS))
}

/** Prints one row, with the worst of the parting, which nothing is promised of. @param before How long queries took in the quiet before it. @returns What is wrong. */
export function reportAttack(attack: MeasuredAttack, before: readonly number[], promised: Promised): readonly string[] {
  const { name, attacked, failures, missed, counts } = attack
  const quiet = [...before, ...attack.quiet]
  const ratio = quantile(attacked, 0.99) / quantile(quiet, 0.99)
  const times = [attacked, quiet].flatMap((values) => [quantile(values, 0.5), quantile(values, 0.99)])
  const worst = Math.max(...attack.parting)
  const memory = [attack.before, attack.peak, attack.after]
  const figures = [
    ...times.map((ms) => ms.toFixed(1)),
    ratio.toFixed(2),
    worst.toFixed(0),
    ...memory.map((each) => each.toFixed(0)),
  ]
  console.log(name.padEnd(NAME_WIDTH) + cells([...figures, String(failures.length), String(missed)]))
  const happened = Object.entries(counts).map(([what, count]) => `${what} ${count}`)
  console.log(`  ${happened.join(', ')}`)
  return [
    ...(ratio <= promised.ratio ? [] : [`${name}: p99 grew ${ratio.toFixed(2)} times`]),
    ...(attack.peak <= promised.megabytes ? [] : [`${name}: the process took ${attack.peak.toFixed(0)} MB`]),
    ...(failures.length === 0 ? [] : [`${name}: ${failures.length} were not served, first: ${failures[0]}`]),
    ...(missed === 0 ? [] : [`${name}: the subscriber was not told of ${missed} events`]),
  ]
}

function cells(values: readonly string[]): string {
  return values.map((value) => value.padStart(10)).join('')
}
