import type Wire from 'bittorrent-protocol'
import type { BlockRequest } from 'bittorrent-protocol'
import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'
import { ByteBucket } from '../../bandwidth/byte-bucket.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import type { CommunityLimit } from '../client/torrent-limits.ts'
import { TurnsByPeer, type HeldBlock } from './turns-by-peer.ts'

/** Holds what peers are given of a community's archives to a rate, all its torrents together. */
export interface CommunityUploads {
  /** From now on these limits count, and no others: also for blocks that wait. */
  limit(communities: readonly CommunityLimit[]): void
}

/**
 * Has each block that a peer asks for wait until its community may give it.
 *
 * It waits before webtorrent hears of it. So nothing of it is in memory yet; what is in webtorrent's cache of pieces counts
 * too; and a block that was taken back meanwhile costs nothing. Peers come in turns: who asks for much holds up nobody.
 *
 * @param communityOf Whose archives a torrent is; null where that is not known.
 */
export function limitUploads(
  client: WebTorrent,
  communityOf: (infoHash: InfoHash) => CommunityId | null,
): CommunityUploads {
  const limited = new Map<CommunityId, LimitedUploads>()

  function limitOf(torrent: Torrent): LimitedUploads | undefined {
    if (limited.size === 0) return undefined
    const communityId = communityOf(torrent.infoHash as InfoHash)
    return communityId === null ? undefined : limited.get(communityId)
  }

  client.on('add', (torrent: Torrent) => {
    torrent.on('wire', (wire: Wire) =>
      holdRequests(wire, (block) => {
        const limit = limitOf(torrent)
        if (limit === undefined) block.give()
        else limit.hold(block)
      }),
    )
  })

  return {
    limit(communities) {
      for (const [communityId, uploads] of limited) {
        if (communities.some((one) => one.communityId === communityId)) continue
        limited.delete(communityId)
        uploads.setRate(null)
      }
      for (const { communityId, uploadBytesPerSecond } of communities) {
        const uploads = limited.get(communityId)
        if (uploads === undefined) limited.set(communityId, new LimitedUploads(uploadBytesPerSecond))
        else uploads.setRate(uploadBytesPerSecond)
      }
    },
  }
}

/** What peers are given of one community. */
class LimitedUploads {
  readonly #bucket: ByteBucket
  readonly #turns = new TurnsByPeer()
  #isGiving = false

  constructor(bytesPerSecond: number) {
    this.#bucket = new ByteBucket(bytesPerSecond)
  }

  setRate(bytesPerSecond: number | null): void {
    this.#bucket.setRate(bytesPerSecond)
  }

  hold(block: HeldBlock): void {
    this.#turns.add(block)
    if (!this.#isGiving) void this.#give()
  }

  async #give(): Promise<void> {
    this.#isGiving = true
    for (let block = this.#turns.next(); block !== undefined; block = this.#turns.next()) {
      await this.#bucket.take(block.bytes)
      if (block.isWanted()) block.give()
    }
    this.#isGiving = false
  }
}

type RequestEvent = ['request', piece: number, offset: number, length: number, respond: unknown]

/** Hands what the peer asks for to `hold`, which has webtorrent hear of it in its time. */
function holdRequests(wire: Wire, hold: (block: HeldBlock) => void): void {
  const emit = wire.emit.bind(wire)
  wire.emit = (event: string | symbol, ...details: unknown[]): boolean => {
    if (event !== 'request') return emit(event, ...details)
    const asked = ['request', ...details] as RequestEvent
    const request: BlockRequest | undefined = wire.peerRequests.at(-1)
    hold({
      wire,
      bytes: asked[3],
      isWanted: () => request !== undefined && wire.peerRequests.includes(request),
      give: () => void emit(...asked),
    })
    return true
  }
}
