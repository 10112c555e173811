import { NO_LIMITS, type TorrentLimits } from './torrent-limits.ts'

/** How the torrent client behaves on the network. */
export interface TorrentClientSettings {
  /** TCP port for other peers, 0 to 65535; 0 takes a free one and keeps it over restarts. */
  readonly torrentPort: number
  /** The one address to listen on; null for all. With an address, uTP and local discovery are off: they bind all. */
  readonly host: string | null
  /** Finds peers through the distributed hash table. */
  readonly dht: boolean
  /** UDP port of the distributed hash table; 0 takes a free one. */
  readonly dhtPort: number
  /** `host:port` of the nodes through which the table is joined; null for the well-known ones. */
  readonly dhtBootstrap: readonly string[] | null
  /** Finds peers on the local network (BEP 14). */
  readonly localDiscovery: boolean
  /** Asks the router to forward the port, by UPnP. */
  readonly natUpnp: boolean
  /** Asks the router to forward the port, by NAT-PMP. */
  readonly natPmp: boolean
  /** Speaks uTP as well. Off by default: a tenth of the speed of TCP, in native code. */
  readonly utp: boolean
  /** Announces to the trackers that a torrent names. */
  readonly trackers: boolean
  /**
   * Dials peers on private networks and this machine that trackers, other peers or the distributed hash table name, and
   * announces to such trackers. Without it these may not have a node knock at the doors of its own network: there it speaks
   * to trackers that the operator named, to peers of local discovery, and to whom it is told to dial.
   */
  readonly privateAddresses: boolean
  /**
   * OFF: plain text alone. PREFERRED: others may dial either way, and we dial encrypted first.
   * REQUIRED: encrypted alone.
   */
  readonly encryption: 'OFF' | 'PREFERRED' | 'REQUIRED'
  /** How many peers may be connected from outside at once; a quarter of them from one address. */
  readonly maxConnections: number
  /** What counts from the start on; changed while it runs. */
  readonly limits: TorrentLimits
  /** The heap of the client's process. A peer that exhausts it ends that process alone. */
  readonly maxHeapMegabytes: number
  /** After so many broken frames an address is refused for ten minutes; 0 for never. */
  readonly refuseAfterOffences: number
}

/** What suits a person at home, behind a router, who wants to be found. */
export const HOME_TORRENT_CLIENT: TorrentClientSettings = {
  torrentPort: 61_881,
  host: null,
  dht: true,
  dhtPort: 0,
  dhtBootstrap: null,
  localDiscovery: true,
  natUpnp: true,
  natPmp: true,
  utp: false,
  trackers: true,
  privateAddresses: false,
  encryption: 'PREFERRED',
  maxConnections: 200,
  limits: NO_LIMITS,
  maxHeapMegabytes: 512,
  refuseAfterOffences: 5,
}
