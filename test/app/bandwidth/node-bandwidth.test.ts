import { expect, onTestFinished, test } from 'vitest'
import { NodeBandwidth, type BandwidthParts } from '../../../src/app/bandwidth/node-bandwidth.ts'
import { UploadShare } from '../../../src/app/bandwidth/upload-share.ts'
import { wakeReactors } from '../../../src/app/wake-reactors.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import type { InfoHash } from '../../../src/domain/info-hash.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import type { TorrentLimits } from '../../../src/torrents/client/torrent-limits.ts'
import { COMMUNITY, created, infoHash, ready } from '../../support/community-facts.ts'
import { createMovableClock, type MovableClock } from '../../support/movable-clock.ts'
import { openNode } from '../../support/open-node.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { metaOf } from '../../support/sample-wishes.ts'
import { valueOf } from '../../support/value-of.ts'

const NONE = { uploadLimit: null, downloadLimit: null, bandwidthSchedule: [] }
/** A Wednesday, as clocks on the wall show it where the test runs. */
const EVENING = new Date(2026, 6, 1, 21, 59).getTime() as UnixMillis
const NIGHT = {
  weekdays: [3],
  from: 22 * 60,
  to: 6 * 60,
  limits: { uploadBytesPerSecond: null, downloadBytesPerSecond: 50_000 },
} as const

interface Watched {
  readonly bandwidth: NodeBandwidth
  readonly clock: MovableClock
  /** What the client was told, in order; resolves with the next one. */
  next(): Promise<TorrentLimits>
  readonly told: readonly TorrentLimits[]
  limit(communityId: CommunityId, uploadBytesPerSecond: number | null): Promise<void>
}

async function open(settings: Partial<BandwidthParts['settings']>): Promise<Watched> {
  const clock = createMovableClock(EVENING)
  const node = openNode({ now: clock.now })
  await recordFacts(node.log, [ready, created(1)].flat())
  const bandwidth = new NodeBandwidth({
    settings: { ...NONE, ...settings },
    stores: node,
    wallClock: clock,
    onFault: (fault) => expect.fail(String(fault)),
  })
  const told: TorrentLimits[] = []
  let heard = Promise.withResolvers<TorrentLimits>()
  const reactor = bandwidth.createReactor({
    limit(limits) {
      told.push(limits)
      heard.resolve(limits)
      heard = Promise.withResolvers()
    },
  })
  const stop = new AbortController()
  const onFault = (): void => expect.fail()
  const waking = wakeReactors({
    log: node.log,
    reactors: { bandwidth: reactor },
    attempts: {},
    signal: stop.signal,
    onFault,
  })
  onTestFinished(async () => {
    stop.abort()
    bandwidth.stop()
    await Promise.all([waking, reactor.stop()])
  })
  const first = heard.promise
  reactor.wake()
  await first
  await reactor.settled()
  return {
    bandwidth,
    clock,
    told,
    next: async () => heard.promise,
    async limit(communityId, uploadBytesPerSecond) {
      const command = { type: 'ChangeSettings', communityId, changes: { uploadBytesPerSecond } } as const
      valueOf(await node.execute(command, metaOf()))
    },
  }
}

test('the limits follow the clock on the wall', async () => {
  const { clock, next, told, bandwidth } = await open({ uploadLimit: 20_000, bandwidthSchedule: [NIGHT] })
  const usual = { uploadBytesPerSecond: 20_000, downloadBytesPerSecond: null }
  expect(told).toEqual([{ ...usual, communities: [] }])
  const atNight = next()
  clock.advanceBy(60_000)
  expect(await atNight).toEqual({ ...NIGHT.limits, communities: [] })
  expect(bandwidth.inForce()).toEqual(NIGHT.limits)
  const byDay = next()
  clock.jumpBy(8 * 3_600_000)
  expect(await byDay).toMatchObject(usual)
})

test('what was chosen for a community counts at once, and no more once it is left to the default', async () => {
  const { next, limit } = await open({})
  const limited = next()
  await limit(COMMUNITY, 40_000)
  expect(await limited).toMatchObject({ communities: [{ communityId: COMMUNITY, uploadBytesPerSecond: 40_000 }] })
  const free = next()
  await limit(COMMUNITY, null)
  expect(await free).toMatchObject({ communities: [] })
})

test('while the web seed is used, it and torrents have a half each of the limits of the node and of its community', async () => {
  const { bandwidth, next, limit } = await open({ uploadLimit: 1_000_000 })
  const limited = next()
  await limit(COMMUNITY, 800_000)
  await limited
  const shared = next()
  await bandwidth.admitBytes(infoHash(9), 1, new AbortController().signal)
  expect(await shared).toMatchObject({
    uploadBytesPerSecond: 500_000,
    communities: [{ uploadBytesPerSecond: 800_000 }],
  })
  const both = next()
  const begun = performance.now()
  await bandwidth.admitBytes(infoHash(1), 40_000, new AbortController().signal)
  expect(await both).toMatchObject({ uploadBytesPerSecond: 500_000, communities: [{ uploadBytesPerSecond: 400_000 }] })
  // What it may take at once after a pause is a quarter of a second of its half.
  expect(40_000).toBeLessThanOrEqual((400_000 * (performance.now() - begun)) / 1000 + 100_000)
  const stop = AbortSignal.abort(new Error('gone'))
  await expect(bandwidth.admitBytes(infoHash(1), 1, stop)).rejects.toThrow('gone')
})

test('torrents have all of it again soon after the web seed sent anything, but not while it waits for its turn', async () => {
  const changes: (number | null)[] = []
  const [changed, signal] = [Promise.withResolvers<void>(), new AbortController().signal]
  const share: UploadShare = new UploadShare(() => {
    changes.push(share.ofTorrents)
    if (changes.length === 2) changed.resolve()
  }, 20)
  share.setLimit(200_000)
  // A burst of 25 kB is there after a quarter of a second, and the rest of it is waited for.
  await Promise.all([25_000, 25_000].map(async (bytes) => share.take(bytes, signal)))
  expect(changes).toEqual([100_000])
  await changed.promise
  expect(changes).toEqual([100_000, 200_000])
})

test('as many answers are given at once as come fast enough', async () => {
  const { bandwidth, next, limit } = await open({ uploadLimit: 24_000 })
  const begun = [await bandwidth.admitStream(infoHash(9)), await bandwidth.admitStream(infoHash(9))]
  const limited = next()
  await limit(COMMUNITY, 15_000)
  await limited
  const ofCommunity = await bandwidth.admitStream(infoHash(1))
  expect([...begun, ofCommunity].map((stream) => stream !== null)).toEqual([true, true, true])
  expect(await bandwidth.admitStream(infoHash(9))).toBeNull()
  begun[0]?.[Symbol.dispose]()
  expect(await bandwidth.admitStream(infoHash(1))).toBeNull()
  expect(await bandwidth.admitStream(infoHash(9))).not.toBeNull()
})

test('without a limit the web seed waits for nothing and takes nothing from torrents', async () => {
  const { bandwidth, told } = await open({})
  await bandwidth.admitBytes('ab'.repeat(20) as InfoHash, 1e12, new AbortController().signal)
  expect(told).toHaveLength(1)
})
