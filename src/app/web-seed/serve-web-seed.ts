import { isDamage } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { SEED_PATH, webSourcesOf } from '../../domain/web-seed.ts'
import type { HttpRoute } from '../../graphql/transport/http-route.ts'
import { readSeedingOfTorrent } from '../../projections/read-seeding.ts'
import type { TorrentClient } from '../../torrents/client/torrent-client.ts'
import { removeStamp } from '../../torrents/seeder/check-stamp.ts'
import { removeNoteStamp } from '../../torrents/seeder/note-stamp.ts'
import { failureCodeOf } from '../../torrents/seeder/seeding-failure.ts'
import type { SeedGate } from '../../torrents/web-seed/seed-file.ts'
import { createWebSeed } from '../../torrents/web-seed/web-seed.ts'
import type { NodeBase } from '../node-base.ts'
import { createClientEventRecorder, filesOf } from '../torrents.ts'

export interface WebSeedUses {
  readonly client: Pick<TorrentClient, 'active' | 'drop'>
  /** Lets one more of a torrent be sent. */
  readonly admitStream: SeedGate['admitStream']
  /** Waits until so many bytes of a torrent may be sent. */
  readonly admitBytes: SeedGate['admitBytes']
  /** Counts what was sent. */
  readonly onSent: SeedGate['onSent']
  /** Has the reactors look at what was recorded. */
  readonly wake: () => void
}

/** The web seed of a node, where others can reach it: what its torrent client serves, over HTTP. */
export function createSeedRoutes(
  { settings: { publicUrl }, stores, log }: Pick<NodeBase, 'settings' | 'stores' | 'log'>,
  { client, admitStream, admitBytes, onSent, wake }: WebSeedUses,
): readonly HttpRoute[] {
  if (publicUrl === null) return []
  const { db, archivesDir } = stores
  const record = createClientEventRecorder(stores, wake)

  async function findServed(infoHash: InfoHash): Promise<ReturnType<typeof filesOf> | null> {
    if (!client.active().has(infoHash)) return null
    const wanted = (await readSeedingOfTorrent(db, infoHash)).find((torrent) => torrent.wanted)
    return wanted === undefined ? null : filesOf(wanted, archivesDir)
  }

  /** What the torrent client does where a peer is to get a damaged piece: see `createServedTorrents`. */
  async function giveUp(infoHash: InfoHash, error: unknown): Promise<void> {
    const code = failureCodeOf(error)
    log.error({ err: error, infoHash, code }, 'Cannot give a torrent over HTTP')
    if (!isDamage(code)) return
    const files = await findServed(infoHash)
    if (files === null) return
    if (files.heldPath !== null) removeNoteStamp(files.heldPath)
    await removeStamp(files.stampPath)
    await client.drop(infoHash)
    await record({ type: 'FAILED', infoHash, code })
  }

  const { handle } = createWebSeed({
    findServed,
    isServed: (infoHash) => client.active().has(infoHash),
    webSeedsOf: (infoHash) => webSourcesOf(publicUrl, infoHash).webSeeds,
    admitStream,
    admitBytes,
    onSent,
    onFailed: (infoHash, error) =>
      void giveUp(infoHash, error).catch((fault: unknown) => log.error(fault, 'Cannot stop serving what is damaged')),
  })
  return [{ path: SEED_PATH, access: 'ANYONE', handle }]
}
