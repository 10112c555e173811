import { dataPathOf, heldPathOf, indexPathOf, stampPathOf, torrentPathOf } from '../archives/archive-paths.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { MagnetUri } from '../domain/magnet.ts'
import { parseMagnet } from '../domain/parse-magnet.ts'
import { NO_WEB_SOURCES, type WebSources } from '../domain/web-seed.ts'
import type { SeedingRow } from '../projections/read-seeding.ts'
import { readSeeding } from '../projections/read-seeding.ts'
import type { SeedingClient } from '../reactors/seeding-reactor.ts'
import { HOME_TORRENT_CLIENT, type TorrentClientSettings } from '../torrents/client/client-settings.ts'
import type { TorrentClientEvent } from '../torrents/client/torrent-client-event.ts'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import type { ServedParts, TorrentToServe } from '../torrents/client/torrent-to-serve.ts'
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
    dhtBootstrap: settings.dhtBootstrap,
    privateAddresses: settings.privateAddresses,
    encryption: ENCRYPTION[settings.encryption],
  }
}

/**
 * The torrent client as the seeding reactor sees it: by what is recorded, not by paths.
 *
 * @param nodeTrackers What is announced to for communities that have no trackers of their own.
 * @param onServed Is told of each torrent that is served from now on, and how much of it is.
 */
export function createSeedingClient(
  client: TorrentClient,
  archivesDir: string,
  nodeTrackers: readonly string[],
  onServed: (torrent: SeedingRow, served: ServedParts) => void,
): SeedingClient<SeedingRow> {
  return {
    isUp: () => client.port !== null,
    active: () => client.active(),
    drop: async (infoHash) => client.drop(infoHash),
    async serve(torrent, check) {
      const trustedTrackers = torrent.settings.trackers ?? nodeTrackers
      const trackers = torrent.isFetched ? trackersWith(torrent.magnetUri, trustedTrackers) : trustedTrackers
      const served = await client.serve({
        ...filesOf(torrent, archivesDir),
        trackers,
        trustedTrackers,
        check,
      })
      if (served.ok) onServed(torrent, served.value)
      return served
    },
  }
}

/** Members of a community meet at the trackers of its link; a link of the distributed hash table has none. */
export function trackersWith(magnetUri: MagnetUri, trusted: readonly string[]): readonly string[] {
  const magnet = parseMagnet(magnetUri)
  return [...new Set([...(magnet.ok ? magnet.value.trackers : []), ...trusted])]
}

/** Where a torrent may be had over HTTP, as its link says. */
export function webSourcesIn(magnetUri: MagnetUri): WebSources {
  const magnet = parseMagnet(magnetUri)
  return magnet.ok ? magnet.value : NO_WEB_SOURCES
}

/** The files of a version, as the torrent client is to open them. */
export function filesOf(
  {
    communityId,
    infoHash,
    generation,
    dataBytes,
    isFetched,
  }: Pick<SeedingRow, 'communityId' | 'infoHash' | 'generation' | 'dataBytes' | 'isFetched'>,
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
    heldPath: isFetched ? heldPathOf(archivesDir, communityId, generation) : null,
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
