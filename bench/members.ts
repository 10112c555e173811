/**
 * What a member takes from a magnet link until all messages are imported, beside a plain webtorrent that fetches the same
 * torrent from the same seeder with the same options, and beside what the database alone needs for the same messages; and
 * what goes over the wire for one week more.
 *
 * Three processes at a time, on loopback: the seeder, which is a node's torrent client, and either a node with its torrent
 * client, or a plain webtorrent. Both find the seeder through the same tracker. They take turns, so that whatever else the
 * machine does slows both; the median round of each counts. A node is seen through its API: from the wish until the signal
 * that the import has finished. Run: `npm run bench -- members`, with other sizes by `--weeks=`, `--messages=`,
 * `--large-messages=`, `--large-message-bytes=`, `--rounds=`.
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
import { makeHistory, type HistoryShape, type PackedVersion } from './members/make-history.ts'
import { recordAgain } from './members/record-again.ts'

const SMALL = `0x02${'5a'.repeat(32)}` as CommunityId
const LARGE = `0x03${'5a'.repeat(32)}` as CommunityId

const { values: flags } = parseArgs({
  options: {
    weeks: { type: 'string', default: '52' },
    messages: { type: 'string', default: '180' },
    'large-messages': { type: 'string', default: '100000' },
    'large-message-bytes': { type: 'string', default: '500' },
    rounds: { type: 'string', default: '7' },
  },
})

/** A version that is fetched again and again, and what it was made from. */
interface Fetched {
  readonly name: string
  readonly version: PackedVersion
  readonly shape: HistoryShape
  /** Where its messages are. */
  readonly history: string
}

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

  const ofLarge = {
    messagesPerWeek: Number(flags['large-messages']),
    messageBytes: Number(flags['large-message-bytes']),
  }
  const large = { communityId: LARGE, weeks: 1, ...ofLarge }
  const small = { communityId: SMALL, weeks, messagesPerWeek: Number(flags.messages), messageBytes: 500 }
  const histories = [makeFolder('one-year'), makeFolder('one-large'), makeFolder('growing')] as const
  const [year] = await makeHistory(histories[0], small)
  const [one] = await makeHistory(histories[1], large)
  const [before, after] = await makeHistory(histories[2], { ...small, weeks: weeks + 1 }, [weeks, 1])
  if (!year || !one || !before || !after) throw new Error('Cannot measure: a version is missing')
  await benchFetching({ name: `${weeks} weeks`, version: year, shape: small, history: histories[0] }, bench, rounds)
  await benchFetching({ name: 'one week', version: one, shape: large, history: histories[1] }, bench, rounds)
  await benchOneMore(before, after, bench)
}

async function benchFetching({ name, version, shape, history }: Fetched, bench: Bench, rounds: number): Promise<void> {
  const magnetUri = await serve(version, bench)
  bench.tracker.point(bench.seederPort)
  const [plain, recorded, members]: [number[], number[], MemberFetch[]] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    plain.push(await inFolder('plain', (path) => fetchPlain({ magnetUri, folder: path })))
    recorded.push(await inFolder('recorded', (path) => recordAgain(history, shape, path)))
    members.push(await inFolder('member', (path) => fetchAsMember(version, magnetUri, path)))
  }
  const fetched = members.map(({ steps }) => steps.get('DownloadFinished') ?? NaN)
  const imported = members.map(({ tookMs }) => tookMs)
  const messages = shape.weeks * shape.messagesPerWeek
  console.log(`${name}, ${megabytes(version.dataBytes)} MB, ${messages} messages; medians of ${rounds} rounds`)
  say('plain webtorrent: magnet link to last piece', plain)
  say('plain database: recording the messages', recorded)
  say('member: magnet link to last piece, durable', fetched)
  say('member: magnet link to imported', imported)
  for (const [type, atMs] of stepsOf(members)) console.log(`      ${type.padEnd(44)}${atMs.toFixed(0).padStart(6)} ms`)
  const both = plain.map((ms, round) => ms + (recorded[round] ?? NaN))
  console.log(`  fetched, to plain webtorrent: ${ratio(fetched, plain)}`)
  console.log(
    `  imported, to plain webtorrent: ${ratio(imported, plain)}; and the plain database: ${ratio(imported, both)}`,
  )
}

function say(what: string, values: readonly number[]): void {
  const all = values.map((value) => value.toFixed(0)).join(', ')
  console.log(`  ${what.padEnd(48)}${median(values).toFixed(0).padStart(6)} ms  (${all})`)
}

/** The median of what each round itself comes to, as the machine may be busier in the next. */
function ratio(ours: readonly number[], theirs: readonly number[]): string {
  return median(ours.map((value, round) => value / (theirs[round] ?? NaN))).toFixed(2)
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

/** When the last signal of each type came, in the median. */
function stepsOf(members: readonly MemberFetch[]): readonly (readonly [type: string, atMs: number])[] {
  const types = [...new Set(members.flatMap(({ steps }) => [...steps.keys()]))]
  const timesOf = (type: string): number[] => members.flatMap(({ steps }) => steps.get(type) ?? [])
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

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2)
}
