import { isUnionType, type GraphQLEnumType, type GraphQLSchema } from 'graphql'
import { ERROR_CODES } from '../error-codes.ts'
import type { RefusalField, RefusalSpec, RefusalType } from './refusal-spec.ts'
import { refusalSpecs } from './refusal-specs.ts'
import type { WishRefusal } from '../wishes.ts'

/** The tables of docs/refusals.md, by the name of their place in it. */
export function printRefusals(schema: GraphQLSchema): Readonly<Record<string, string>> {
  const enums = Object.values(schema.getTypeMap()).filter((type) => type.name.endsWith('Code')) as GraphQLEnumType[]
  return {
    errors: table(['code', 'what it means, and what would be right'], Object.entries(ERROR_CODES).map(codeRow)),
    refusals: table(
      ['code', 'when', 'such as', 'of'],
      Object.keys(refusalSpecs)
        .toSorted()
        .map((type) => refusalRow(type as RefusalType, schema)),
    ),
    failures: enums
      .toSorted((one, other) => one.name.localeCompare(other.name))
      .map((type) => `### ${type.name}\n\n${type.description ?? ''}\n\n${failureTable(type)}`)
      .join('\n\n'),
  }
}

function codeRow([code, meaning]: readonly [string, string]): readonly string[] {
  return [`\`${code}\``, meaning]
}

function failureTable(type: GraphQLEnumType): string {
  const rows = type.getValues().map(({ name, description }) => codeRow([name, description ?? '']))
  return table(['code', 'what it means'], rows)
}

function refusalRow(type: RefusalType, schema: GraphQLSchema): readonly string[] {
  const spec = refusalSpecs[type] as RefusalSpec<WishRefusal>
  return [
    `\`${type}\``,
    spec.description,
    spec.message(sampleOf(type, spec), 'Community 0x…'),
    mutationsOf(type, schema),
  ]
}

/** The mutations that may refuse so. All have the receipt's refusal, which needs no list. */
function mutationsOf(type: RefusalType, schema: GraphQLSchema): string {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ type: result }) => {
    const union = 'ofType' in result ? result.ofType : result
    return isUnionType(union) && union.getTypes().some(({ name }) => name === type)
  })
  const all = Object.keys(schema.getMutationType()?.getFields() ?? {}).length
  return mutations.length === all ? 'all' : mutations.map(({ name }) => `\`${name}\``).join(', ')
}

/** A refusal with a value in each of its fields, to be read by people. */
function sampleOf(type: RefusalType, { fields }: RefusalSpec<WishRefusal>): WishRefusal {
  const values = Object.entries<RefusalField<WishRefusal>>(fields).map(([name, field]) => [
    name,
    sampleValue(type, name, field),
  ])
  return { type, ...Object.fromEntries(values) } as WishRefusal
}

const SAMPLES: Readonly<Record<string, unknown>> = {
  reason: 'NOT_A_MAGNET',
  host: 'router.home.arpa',
  least: 60,
  most: 3_600,
  neededBytes: 2_400_000,
  freeBytes: 1_800_000,
  quotaBytes: 2_000_000,
  nodeQuotaBytes: 2_000_000,
  waiting: 3,
  missing: 12,
  to: 1_699_920_000,
}

/** Those whose time is in milliseconds; that of others is in seconds. */
const IN_MILLIS: ReadonlySet<RefusalType> = new Set(['ClockAhead', 'ExpiryNotInFuture'])

function sampleValue(refusal: RefusalType, name: string, { type }: RefusalField<WishRefusal>): unknown {
  const sample = SAMPLES[name]
  if (sample !== undefined) return sample
  if (type === 'DateTime') return IN_MILLIS.has(refusal) ? 1_700_000_000_000 : 1_700_000_000
  return type === 'Int' || type === 'ByteCount' ? 100 : '…'
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows]
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`)
    .join('\n')
}
