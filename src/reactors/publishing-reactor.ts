import { identityOf, type CommunityId } from '../domain/community-id.ts'
import type { InfoHashItem } from '../domain/info-hash-item.ts'
import type { SigningKeyMissing } from '../domain/magnet.ts'
import { err, type Result } from '../domain/result.ts'
import { publicKeyOf, type ItemTable } from './item-table.ts'
import { createRoundsReactor, type RoundsReactor, type RoundsSurroundings } from './rounds-reactor.ts'

/** The newest dispatch of a control node's community: its clock, and the torrent, which is served now. */
export interface DispatchedTorrent extends InfoHashItem {
  readonly communityId: CommunityId
}

export interface PublishingPorts extends RoundsSurroundings {
  readonly readDispatched: () => Promise<readonly DispatchedTorrent[]>
  /** Signs with the community's own key, which stays where it is: 64 bytes in hex. */
  readonly sign: (communityId: CommunityId, item: InfoHashItem) => Promise<Result<string, SigningKeyMissing>>
  readonly table: Pick<ItemTable, 'putItem'>
}

/**
 * Tells the distributed hash table where each native community's newest torrent is: at once after a dispatch, and then
 * hourly, as nodes of the table forget after two hours. Foreign communities have no key that the table knows.
 */
export function createPublishingReactor({
  readDispatched,
  sign,
  table,
  ...surroundings
}: PublishingPorts): RoundsReactor {
  return createRoundsReactor({
    ...surroundings,
    name: 'publishing',
    async readWanted() {
      const native = (await readDispatched()).filter(({ communityId }) => identityOf(communityId) === 'NATIVE')
      return native.map((torrent) => ({ ...torrent, thing: String(torrent.seq) }))
    },
    async go({ communityId, seq, infoHash }) {
      const signature = await sign(communityId, { seq, infoHash })
      if (!signature.ok) return err({ code: signature.error.type })
      return table.putItem({ publicKey: publicKeyOf(communityId), seq, infoHash, signature: signature.value })
    },
  })
}
