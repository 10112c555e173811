import type { Command } from 'commander'
import type { ParkingWish } from '../app/parking-wishes.ts'
import { parseCommunityId } from '../domain/community-id.ts'
import { PARKABLE_REACTORS } from '../domain/new-chance.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'

interface ParkedFlags {
  readonly dataDir: string
}

/** Exit codes: 0 as wished; 1 the machine is broken; 2 the wish was wrong or refused. */
export function addParkedCommands(program: Command): void {
  program
    .command('parked')
    .description('Lists work that failed so often that it waits for you, also while a node runs.')
    .option('--json', 'print it as JSON', false)
    .addOption(createDataDirOption())
    .action(async (flags: ParkedFlags & { readonly json: boolean }) => {
      process.exitCode = await list(flags)
    })
  addWish(program, 'retry', 'RetryParked', 'Has parked work tried again, also while a node runs.')
  addWish(program, 'skip', 'SkipParked', 'Leaves parked work undone, and withdraws the wish for it.')
}

function addWish(program: Command, name: string, type: ParkingWish['type'], description: string): void {
  program
    .command(name)
    .description(description)
    .argument('<reactor>', `what kind of work: ${PARKABLE_REACTORS.join(', ')}`)
    .argument('<community>', 'the community that it is for')
    .addOption(createDataDirOption())
    .action(async (reactor: string, community: string, flags: ParkedFlags) => {
      process.exitCode = await decide(type, reactor, community, flags)
    })
}

async function list({ dataDir: text, json }: ParkedFlags & { readonly json: boolean }): Promise<number> {
  const dataDir = parseDataDir(text)
  if (!dataDir.ok) return fail(dataDir.error)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { listParked } = await import('../app/parking-wishes.ts')
  const listed = await listParked(dataDir.value)
  if (!listed.ok) return fail(listed.error.message)
  const rows = listed.value.map(({ since, ...row }) => ({ ...row, since: new Date(since).toISOString() }))
  if (json) console.log(JSON.stringify(rows, null, 2))
  else if (rows.length === 0) console.log('Nothing is parked')
  for (const { reactor, communityId, code, failures, since } of json ? [] : rows) {
    console.log(`${reactor.padEnd(11)}  ${communityId}  ${code}, failed ${failures} times, since ${since}`)
  }
  return 0
}

async function decide(
  type: ParkingWish['type'],
  reactorText: string,
  communityText: string,
  { dataDir: text }: ParkedFlags,
): Promise<number> {
  const reactor = PARKABLE_REACTORS.find((name) => name === reactorText)
  if (reactor === undefined) return fail(`There is no work "${reactorText}": there is ${PARKABLE_REACTORS.join(', ')}`)
  const communityId = parseCommunityId(communityText)
  if (!communityId.ok) return fail(`"${communityText}" is no community: it is 0x and 64 or 66 hex digits`)
  const dataDir = parseDataDir(text)
  if (!dataDir.ok) return fail(dataDir.error)
  const { decideParked } = await import('../app/parking-wishes.ts')
  const decided = await decideParked(dataDir.value, { type, reactor, communityId: communityId.value })
  if (!decided.ok) return fail(decided.error.message)
  console.log(type === 'RetryParked' ? 'It is tried again' : 'It is left undone')
  return 0
}

function fail(message: string): number {
  console.error(message)
  return 2
}
