import { type Command, Option } from 'commander'
import type { ReplayRefusal, ReplayWish } from '../app/audit/replay.ts'
import { parseCommunityId } from '../domain/community-id.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { parsePosition, parseTime } from './parse-time.ts'
import { createProgressBar } from './progress-bar.ts'
import { openStandardOutput } from './write-out.ts'
import { describeNoLog } from '../app/no-log.ts'

interface ReplayFlags {
  readonly from?: string
  readonly to?: string
  readonly asOf?: string
  readonly community?: string
  readonly json: boolean
  readonly local: boolean
  readonly dataDir: string
}

/** Exit codes: 0 told, 1 the log cannot be read; 2 the wish is wrong, or there is nothing of that kind. */
export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('Tells what happened, a line an event, and how all stood after it; also while a node runs.')
    .option('--from <position>', 'the first event that is told')
    .option('--to <position>', 'the last event that is told')
    .addOption(
      new Option('--as-of <time>', 'up to this time, such as "2026-01-31 12:00"; a second to its end').conflicts('to'),
    )
    .option('--community <id>', 'this community alone')
    .option('--json', 'print a JSON object a line, the last one being the state; times are in UTC', false)
    .addOption(new Option('--utc', 'times in UTC, which is the default').conflicts('local'))
    .option('--local', 'times by the clock of this machine', false)
    .addOption(createDataDirOption())
    .action(async (flags: ReplayFlags) => {
      process.exitCode = await replay(flags)
    })
}

async function replay(flags: ReplayFlags): Promise<number> {
  const wish = wishOf(flags)
  if (!wish.ok) return fail(wish.error)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const app = await import('../app/audit/replay.ts')
  const output = openStandardOutput()
  const bar = process.stdout.isTTY ? null : createProgressBar()
  const told = await app.replay(wish.value, async (text, read, ofAll) => {
    bar?.show({ phase: 'replaying', done: read, total: ofAll })
    return output.write(text)
  })
  bar?.end()
  return told.ok ? 0 : fail(describe(told.error))
}

function wishOf({
  from,
  to,
  asOf,
  community,
  json,
  local,
  dataDir: dataDirText,
}: ReplayFlags): Result<ReplayWish, string> {
  const zone = local ? 'local' : 'utc'
  const first = parsed('--from', from, parsePosition)
  if (!first.ok) return first
  const last = parsed('--to', to, parsePosition)
  if (!last.ok) return last
  const time = parsed('--as-of', asOf, (text) => parseTime(text, zone))
  if (!time.ok) return time
  const communityId = parsed('--community', community, (text) => {
    const id = parseCommunityId(text)
    return id.ok ? id : err('0x and 64 or 66 hex digits')
  })
  if (!communityId.ok) return communityId
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return dataDir
  return ok({
    dataDir: dataDir.value,
    from: first.value,
    to: time.value === null ? last.value : { time: time.value },
    communityId: communityId.value,
    form: json ? 'JSON' : 'LINES',
    zone,
  })
}

/** @returns Null where the flag was not given. */
function parsed<Value>(
  flag: string,
  text: string | undefined,
  parse: (text: string) => Result<Value, string>,
): Result<Value | null, string> {
  if (text === undefined) return ok(null)
  const value = parse(text)
  return value.ok ? value : err(`${flag} is ${JSON.stringify(text)}, but must be ${value.error}`)
}

function describe(refusal: ReplayRefusal): string {
  switch (refusal.type) {
    case 'LogMissing':
      return describeNoLog(refusal.file)
    case 'PositionBeyondHead':
      return `There is no event ${refusal.position}: the newest is ${refusal.head}`
    case 'TimeBeforeLog': {
      const first = refusal.firstAt === null ? 'nothing ever was' : `the first event is of ${dateTime(refusal.firstAt)}`
      return `Nothing was recorded by ${dateTime(refusal.time)}: ${first}`
    }
    case 'CommunityNotInLog':
      return `There is no event of community ${refusal.communityId} up to event ${refusal.upTo}`
    case 'RangeEmpty':
      return `There is nothing to tell: event ${refusal.from} is after the last, which is ${refusal.to}`
  }
}

function dateTime(millis: number): string {
  return new Date(millis).toISOString()
}

function fail(message: string): number {
  console.error(message)
  return 2
}
