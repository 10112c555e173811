import { limitsAt, type Bandwidth, type RateLimits } from '../../domain/bandwidth.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { readUploadLimits } from '../../projections/communities.ts'
import { readSeedingOfTorrent } from '../../projections/read-seeding.ts'
import { createReactor, type Reactor } from '../../reactors/reactor.ts'
import type { TorrentClient } from '../../torrents/client/torrent-client.ts'
import type { TorrentLimits } from '../../torrents/client/torrent-limits.ts'
import type { NodeBase } from '../node-base.ts'
import type { Settings } from '../settings.ts'
import { localTimeOf } from './local-time.ts'
import { UploadShare } from './upload-share.ts'

export interface BandwidthParts extends Pick<NodeBase, 'wallClock'> {
  readonly settings: Pick<Settings, 'uploadLimit' | 'downloadLimit' | 'bandwidthSchedule'>
  readonly stores: Pick<NodeBase['stores'], 'db'>
  readonly onFault: (fault: unknown) => void
}

const MINUTE_MS = 60_000

/** What limits a node: its settings, the time of the day, and what was chosen for communities. */
export class NodeBandwidth {
  readonly #parts: BandwidthParts
  readonly #bandwidth: Bandwidth
  readonly #whole: UploadShare
  readonly #communities = new Map<CommunityId, UploadShare>()
  #reactor: Reactor | null = null
  readonly #onChanged = (): void => this.#reactor?.wake()

  constructor(parts: BandwidthParts) {
    const { uploadLimit, downloadLimit, bandwidthSchedule: schedule } = parts.settings
    this.#parts = parts
    this.#bandwidth = { usual: { uploadBytesPerSecond: uploadLimit, downloadBytesPerSecond: downloadLimit }, schedule }
    this.#whole = new UploadShare(this.#onChanged)
  }

  /** What counts for the whole node now. */
  inForce(): RateLimits {
    return limitsAt(this.#bandwidth, localTimeOf(this.#parts.wallClock.now()))
  }

  /** What counts for torrents now: what the web seed does not need of the limits. */
  async ofTorrents(): Promise<TorrentLimits> {
    const { uploadBytesPerSecond, downloadBytesPerSecond } = this.inForce()
    this.#whole.setLimit(uploadBytesPerSecond)
    this.#limitCommunities(new Map(await readUploadLimits(this.#parts.stores.db)))
    return {
      uploadBytesPerSecond: this.#whole.ofTorrents,
      downloadBytesPerSecond,
      communities: [...this.#communities].flatMap(([communityId, { ofTorrents }]) =>
        ofTorrents === null ? [] : [{ communityId, uploadBytesPerSecond: ofTorrents }],
      ),
    }
  }

  /** Keeps a torrent client to it. A schedule is looked at each minute, as clocks on the wall jump twice a year. */
  createReactor(client: Pick<TorrentClient, 'limit'>): Reactor {
    const { wallClock, onFault } = this.#parts
    const react = async (): Promise<UnixMillis | null> => {
      client.limit(await this.ofTorrents())
      const nextMinute = (Math.floor(wallClock.now() / MINUTE_MS) + 1) * MINUTE_MS
      return this.#bandwidth.schedule.length === 0 ? null : (nextMinute as UnixMillis)
    }
    this.#reactor = createReactor({ name: 'bandwidth', react, wallClock, onFault })
    return this.#reactor
  }

  /** Lets the web seed send one more answer of a torrent; null where each would come too slowly. */
  async admitStream(infoHash: InfoHash): Promise<Disposable | null> {
    const shares = [...(await this.#communitiesOf(infoHash)), this.#whole]
    if (!shares.every(({ hasRoom }) => hasRoom)) return null
    const begun = new DisposableStack()
    for (const share of shares) begun.use(share.begin())
    return begun
  }

  /** Waits until the web seed may send so many bytes of a torrent. @throws The reason of the signal, where that aborts. */
  async admitBytes(infoHash: InfoHash, bytes: number, signal: AbortSignal): Promise<void> {
    for (const share of await this.#communitiesOf(infoHash)) await share.take(bytes, signal)
    await this.#whole.take(bytes, signal)
  }

  stop(): void {
    for (const share of [this.#whole, ...this.#communities.values()]) share.stop()
  }

  #limitCommunities(limits: ReadonlyMap<CommunityId, number>): void {
    for (const [communityId, share] of this.#communities) {
      if (limits.has(communityId)) continue
      share.setLimit(null)
      share.stop()
      this.#communities.delete(communityId)
    }
    for (const [communityId, limit] of limits) {
      const share = this.#communities.get(communityId) ?? new UploadShare(this.#onChanged)
      this.#communities.set(communityId, share)
      share.setLimit(limit)
    }
  }

  async #communitiesOf(infoHash: InfoHash): Promise<readonly UploadShare[]> {
    if (this.#communities.size === 0) return []
    const torrents = await readSeedingOfTorrent(this.#parts.stores.db, infoHash)
    return torrents.flatMap(({ communityId }) => this.#communities.get(communityId) ?? [])
  }
}

/** Creates it, until the node stops. */
export function createNodeBandwidth(
  { settings, stores, wallClock, log }: Omit<NodeBase, 'telemetry' | 'space'>,
  starting: AsyncDisposableStack,
): NodeBandwidth {
  const onFault = (fault: unknown): void => log.error(fault, 'Cannot change the limits of torrents, and will try again')
  const bandwidth = new NodeBandwidth({ settings, stores, wallClock, onFault })
  starting.defer(() => bandwidth.stop())
  return bandwidth
}
