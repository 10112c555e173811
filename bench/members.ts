/**
 * What a member takes from a magnet link until all messages are imported, beside a plain webtorrent that fetches the same
 * torrent from the same seeder with the same options; and what goes over the wire for one week more.
 *
 * Three processes at a time, on loopback: the seeder, which is a node's torrent client, and either a node with its torrent
 * client, or a plain webtorrent. Both find the seeder through the same tracker. They take turns, so that whatever else the
 * machine does slows both; the median round of each counts. A node is seen through its API: from the wish until the signal
 * that the import has finished. Run: `npm run bench -- members`, with other sizes by `--weeks=`, `--messages=`,
 * `--large-messages=`, `--rounds=`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CommunityId } from '../src/domain/community-id.ts'
import { magnetUriOf } from '../src/domain/magnet.ts'
import { createTorrentClient, type TorrentClient } from '../src/torrents/client/torrent-client.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../test/support/loopback-torrents.ts'
import { startCountingRelay } from './members/counting-relay.ts'
import { fetchPlain } from './members/fetch-plain.ts'
import { startFetchingMember, type MemberFetch } from './members/fetching-member.ts'
import { startFixedTracker, type FixedTracker } from './members/fixed-tracker.ts'
import { makeHistory, type PackedVersion } from './members/make-history.ts'

const SMALL = `0x02${'5a'.repeat(32)}` as CommunityId
const LARGE = `0x03${'5a'.repeat(32)}` as CommunityId

const { values: flags } = parseArgs({
  options: {
    weeks: { type: 'string', default: '52' },
    messages: { type: 'string', default: '180' },
    'large-messages': { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
  },
})

/** What all rounds have in common. */
interface Bench {
  readonly seeder: TorrentClient
  readonly seederPort: number
  readonly tracker: FixedTracker
}

const folder = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
try {
  await runBench()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function runBench(): Promise<void> {
  await using starting = new AsyncDisposableStack()
  const seeder = await createTorrentClient(LOOPBACK_TORRENT_CLIENT)
  starting.defer(async () => seeder.stop())
  if (seeder.port === null) throw new Error('Cannot measure: there is no seeder')
  const tracker = starting.use(await startFixedTracker())
  const bench: Bench = { seeder, seederPort: seeder.port, tracker }
  const [rounds, weeks] = [Number(flags.rounds), Number(flags.weeks)]

  const large = { communityId: LARGE, weeks: 1, messagesPerWeek: Number(flags['large-messages']) }
  const small = { communityId: SMALL, weeks: weeks + 1, messagesPerWeek: Number(flags.messages) }
  const [year, yearAndWeek] = await makeHistory(makeFolder('small'), small, [weeks, 1])
  const [one] = await makeHistory(makeFolder('large'), large)
  if (year === undefined || yearAndWeek === undefined || one === undefined)
    throw new Error('Cannot measure: no version')
  await benchFetching(`${weeks} archives`, year, bench, rounds)
  await benchFetching('one archive', one, bench, rounds)
  await benchOneMore(year, yearAndWeek, bench)
}

async function benchFetching(name: string, version: PackedVersion, bench: Bench, rounds: number): Promise<void> {
  const magnetUri = await serve(version, bench)
  bench.tracker.point(bench.seederPort)
  const [members, plain]: [MemberFetch[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    plain.push(await inFolder('plain', (path) => fetchPlain({ magnetUri, folder: path })))
    members.push(await inFolder('member', (path) => fetchAsMember(version, magnetUri, path)))
  }
  const [ours, theirs] = [median(members.map(({ tookMs }) => tookMs)), median(plain)]
  console.log(`${name}, ${megabytes(version.dataBytes)} MB, from magnet link to imported; medians of ${rounds} rounds`)
  console.log(`  plain webtorrent, download alone  ${theirs.toFixed(0).padStart(6)} ms  (${listOf(plain)})`)
  console.log(
    `  member, imported                  ${ours.toFixed(0).padStart(6)} ms  (${listOf(members.map((one) => one.tookMs))})`,
  )
  for (const [type, atMs] of stepsOf(members)) console.log(`    ${type.padEnd(36)}${atMs.toFixed(0).padStart(8)} ms`)
  const pairs = members.map(({ tookMs }, round) => tookMs / (plain[round] ?? NaN))
  console.log(`  member to plain: ${(ours / theirs).toFixed(2)}, median of the rounds' own ${median(pairs).toFixed(2)}`)
}

/** A member that has all weeks but the last is told of it. */
async function benchOneMore(year: PackedVersion, yearAndWeek: PackedVersion, bench: Bench): Promise<void> {
  await using relay = await startCountingRelay(bench.seederPort)
  bench.tracker.point(relay.port)
  const magnets = [await serve(year, bench), await serve(yearAndWeek, bench)] as const
  await inFolder('member', async (path) => {
    await using member = await startFetchingMember(path, SMALL)
    await member.fetch(magnets[0], 1)
    const [first, asked] = [relay.sentBytes(), relay.receivedBytes()]
    const { tookMs } = await member.fetch(magnets[1], 2)
    const [sent, received] = [relay.sentBytes() - first, relay.receivedBytes() - asked]
    const weekBytes = yearAndWeek.dataBytes - year.dataBytes
    const needed = weekBytes + yearAndWeek.indexBytes
    console.log(`one more week behind ${flags.weeks}, of ${megabytes(yearAndWeek.dataBytes)} MB in all`)
    console.log(`  the week ${weekBytes} bytes and the index ${yearAndWeek.indexBytes} bytes: ${needed} bytes`)
    console.log(`  to the member ${sent} bytes on the wire, ${(sent / needed).toFixed(3)} of that; from it ${received}`)
    console.log(`  the weeks before: ${first} bytes on the wire. From magnet link to imported ${tookMs.toFixed(0)} ms`)
  })
}

async function fetchAsMember({ torrent }: PackedVersion, magnetUri: string, path: string): Promise<MemberFetch> {
  await using member = await startFetchingMember(path, torrent.communityId)
  return await member.fetch(magnetUri, 1) // Before it ends.
}

/** @returns The magnet link. */
async function serve({ torrent }: PackedVersion, { seeder, tracker }: Bench): Promise<string> {
  const served = await seeder.serve(torrent)
  if (!served.ok) throw new Error(`Cannot measure: the seeder says ${served.error.code}`)
  return magnetUriOf(torrent.infoHash, torrent.communityId, [tracker.announceUrl])
}

/** When each step was reached, in the median. */
function stepsOf(members: readonly MemberFetch[]): readonly (readonly [type: string, atMs: number])[] {
  const types = [...new Set(members.flatMap(({ steps }) => steps.map(([type]) => type)))]
  const timesOf = (type: string): number[] =>
    members.flatMap(({ steps }) => steps.flatMap(([step, atMs]) => (step === type ? [atMs] : [])))
  return types.map((type) => [type, median(timesOf(type))] as const).toSorted(([, one], [, other]) => one - other)
}

function makeFolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

async function inFolder<Value>(name: string, use: (path: string) => Promise<Value>): Promise<Value> {
  const path = makeFolder(name)
  try {
    return await use(path)
  } finally {
    rmSync(path, { recursive: true, maxRetries: 5 })
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN
}

function listOf(values: readonly number[]): string {
  return values.map((value) => value.toFixed(0)).join(', ')
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2)
}
