import { dataPathOf, indexPathOf, stampPathOf, torrentPathOf } from '../archives/archive-paths.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { SeedingRow } from '../projections/read-seeding.ts'
import { readSeeding } from '../projections/read-seeding.ts'
import type { SeedingClient } from '../reactors/seeding-reactor.ts'
import { HOME_TORRENT_CLIENT, type TorrentClientSettings } from '../torrents/client/client-settings.ts'
import type { TorrentClientEvent } from '../torrents/client/torrent-client-event.ts'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import type { TorrentToServe } from '../torrents/client/torrent-to-serve.ts'
import { meta } from './begin-run.ts'
import type { Settings } from './settings.ts'
import type { Stores } from './stores.ts'

const ENCRYPTION = { prefer: 'PREFERRED', require: 'REQUIRED', off: 'OFF' } as const

/** The torrent client's settings, from the node's. */
export function torrentClientSettingsOf(settings: Settings): TorrentClientSettings {
  return {
    ...HOME_TORRENT_CLIENT,
    torrentPort: settings.torrentPort,
    host: settings.torrentHost,
    dht: settings.dht,
    localDiscovery: settings.lsd,
    natUpnp: settings.upnp,
    natPmp: settings.upnp,
    utp: settings.utp,
    encryption: ENCRYPTION[settings.encryption],
  }
}

/**
 * The torrent client as the seeding reactor sees it: by what is recorded, not by paths.
 *
 * @param nodeTrackers What is announced to for communities that have no trackers of their own.
 * @param onServed Is told when one more torrent is served.
 */
export function createSeedingClient(
  client: TorrentClient,
  archivesDir: string,
  nodeTrackers: readonly string[],
  onServed: () => void,
): SeedingClient<SeedingRow> {
  return {
    isUp: () => client.port !== null,
    active: () => client.active(),
    drop: async (infoHash) => client.drop(infoHash),
    async serve(torrent, check) {
      const trackers = torrent.settings.trackers ?? nodeTrackers
      const served = await client.serve({
        ...filesOf(torrent, archivesDir),
        trackers,
        trustedTrackers: trackers,
        check,
      })
      if (served.ok) onServed()
      return served
    },
  }
}

/** The files of a version, as the torrent client is to open them. */
export function filesOf(
  {
    communityId,
    infoHash,
    generation,
    dataBytes,
  }: Pick<SeedingRow, 'communityId' | 'infoHash' | 'generation' | 'dataBytes'>,
  archivesDir: string,
): Omit<TorrentToServe, 'trackers' | 'trustedTrackers' | 'check'> {
  return {
    communityId,
    infoHash,
    torrentPath: torrentPathOf(archivesDir, communityId, infoHash),
    dataPath: dataPathOf(archivesDir, communityId, generation),
    dataBytes,
    indexPath: indexPathOf(archivesDir, communityId, infoHash),
    stampPath: stampPathOf(archivesDir, communityId, infoHash),
    heldPath: null,
  }
}

/**
 * Creates what records the torrent client's own news: its process ended or is back, or a torrent
 * that it served failed.
 */
export function createClientEventRecorder(
  { db, execute }: Pick<Stores, 'db' | 'execute'>,
  wake: () => void,
): (event: TorrentClientEvent) => Promise<void> {
  async function recordFailed(
    infoHash: InfoHash,
    code: Extract<TorrentClientEvent, { type: 'FAILED' }>['code'],
  ): Promise<void> {
    const torrents = await readSeeding(db)
    for (const { communityId, cause, correlationId } of torrents.filter((row) => row.infoHash === infoHash)) {
      const about = { ...meta(cause), correlationId, actor: 'reactor:seeding' } as const
      await execute({ type: 'RecordSeedingFailed', communityId, infoHash, code }, about)
    }
  }

  return async (event) => {
    switch (event.type) {
      case 'DOWN': {
        const { exitCode, signal } = event
        await execute({ type: 'RecordTorrentClientDown', exitCode, signal }, meta())
        break
      }
      case 'UP':
        await execute({ type: 'RecordTorrentClientUp' }, meta())
        break
      case 'FAILED':
        await recordFailed(event.infoHash, event.code)
        break
      case 'MANY_OPEN_FILES':
        return // What follows of it, if anything, is that a torrent cannot be served.
    }
    wake()
  }
}
