import type { LogReport } from '../app/audit/verify-whole.ts'
import type { LogMissing } from '../app/no-log.ts'
import type { LogNotWhole, TablesAltered } from '../app/verify-log.ts'
import type { Result } from '../domain/result.ts'
import { describeKinds, describeSchema, describeUnknown } from './describe-log-faults.ts'

type Projections = NonNullable<LogReport['projections']>
type Files = NonNullable<LogReport['files']>
type TableDifference = Projections['differences'][number]

/** What was checked of a log, in lines for the operator. */
export interface DescribedReport {
  /** What is as it was written, and what is worth knowing. */
  readonly good: readonly string[]
  /** What is not, and what to do about it; none where all is well. */
  readonly faults: readonly string[]
}

/** How many paths that no event names are listed. */
const LISTED_PATHS = 20

/** Says what is wrong and where, and what to do. */
export function describeLogReport(report: LogReport): DescribedReport {
  const { chain, schema, kinds, receipts, projections, files } = report
  const { events, position, link } = chain
  const good = [
    `${events} events, chain whole, head ${position} ${Buffer.from(link).toString('hex')}`,
    ...(receipts.count === 0 ? [`${counted(receipts.receipts, 'receipt')} of wishes, all in order`] : []),
    ...(projections === null ? [] : describeGoodTables(projections)),
    ...(files?.faults.length === 0 ? [describeFiles(files)] : []),
    ...describeUnnamed(files?.unnamed ?? []),
  ]
  const faults = [
    ...describeSchema(schema),
    ...describeKinds(kinds.faults),
    ...describeUnknown(kinds.unknown),
    ...describeReceipts(report),
    ...(projections === null ? [] : describeTables(projections)),
    ...(files === null ? [] : describeFileFaults(files)),
  ]
  return { good, faults }
}

/** The same for machines. `fault` is of the chain, or tells that there is no log: there is then nothing else. */
export function logReportJson(verified: Result<LogReport, LogNotWhole | TablesAltered | LogMissing>): object {
  if (!verified.ok) return { fault: verified.error }
  const { chain, ...rest } = verified.value
  const { events, position, link } = chain
  return { fault: null, events, position, link: Buffer.from(link).toString('hex'), ...rest }
}

function describeGoodTables({ compared, differences, outdated, position }: Projections): readonly string[] {
  const isGood = differences.length === 0
  return [
    ...(isGood
      ? [`${counted(compared.length, 'read model')}, as a rebuild up to position ${position} makes them`]
      : []),
    ...describeOutdated(outdated),
  ]
}

function describeOutdated(names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  return [
    `${counted(names.length, 'read model')} not compared, made by another version of the program: ${names.join(', ')}`,
  ]
}

function describeReceipts({ receipts: { faults, count } }: LogReport): readonly string[] {
  if (count === 0) return []
  const lines = faults.map(({ actor, key, position, code }) => {
    const what = code === 'NO_EVENT' ? 'which is not there' : 'which is of another actor'
    return `  receipt "${key}" of ${actor} names position ${position}, ${what}`
  })
  const first = faults[0]?.position
  return [
    `${count} receipts are not as they were written: ${faults[0]?.code} at position ${first}`,
    ...lines,
    ...more(count - faults.length),
    '  Restore a back-up, if there is one: the receipts are no part of the chain, and cannot be made anew',
  ]
}

function describeTables({ differences, position }: Projections): readonly string[] {
  if (differences.length === 0) return []
  return [
    `${differences.length} tables of read models are not what the log up to position ${position} makes them`,
    ...differences.flatMap(describeTable),
    '  Mend them: seedbank rebuild',
  ]
}

function describeTable({ table, kind, rows, count }: TableDifference): readonly string[] {
  if (kind === 'OTHER_COLUMNS') return [`  table ${table}: is not there, or has other columns`]
  const lines = rows.map((row) => {
    const what = row.columns.length > 0 ? ` in ${row.columns.join(', ')}` : ''
    return `    ${row.kind}${what}: ${JSON.stringify(row.key)}`
  })
  return [`  table ${table}: ${count} rows differ`, ...lines, ...more(count - rows.length).map((line) => `  ${line}`)]
}

function describeFileFaults({ faults }: Files): readonly string[] {
  if (faults.length === 0) return []
  return [
    `${counted(faults.length, 'file')} not as the log says`,
    ...faults.map(({ path, code }) => `  ${code}: ${path}`),
    '  Mend them: seedbank verify',
  ]
}

function describeFiles({ versions, archives }: Files): string {
  const hashed = archives === 0 ? '' : `, ${counted(archives, 'archive')} hashed`
  return `${counted(versions, 'version')} of archives, files as recorded${hashed}`
}

function describeUnnamed(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return []
  const listed = paths.slice(0, LISTED_PATHS)
  return [
    `${paths.length} files or folders that no event names (no fault: a run that goes on leaves some)`,
    ...listed.map((path) => `  ${path}`),
    ...more(paths.length - listed.length),
  ]
}

function more(count: number): readonly string[] {
  return count > 0 ? [`  and ${count} more`] : []
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`
}
