import type { BandwidthWindow } from '../domain/bandwidth.ts'
import type { KeySetPlace } from '../access/key-set.ts'

/** Where a peer is reached. */
export interface PeerAddress {
  readonly address: string
  readonly port: number
}

/** What an operator can set; each has a default. The README lists their names and meanings. */
export interface Settings {
  /** An absolute path. */
  readonly dataDir: string
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly graceSeconds: number
  /** Whether archives are created by themselves. */
  readonly schedule: boolean
  /** An IP address as URLs have it, without brackets, or `localhost`. */
  readonly host: string
  readonly port: number
  /** Host names in lower case, without ports; loopback names are not among them. */
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  /** auto: required where other machines reach the API. */
  readonly auth: 'auto' | 'required'
  /** The issuer whose JWTs are taken, with the two after it; null where none is. */
  readonly jwtIssuer: string | null
  readonly jwtAudience: string | null
  readonly jwks: KeySetPlace | null
  /** Addresses of proxies on other machines. */
  readonly trustedProxies: readonly string[]
  readonly maxConnections: number
  readonly connectionsPerAddress: number
  readonly subscriptionsPerCaller: number
  readonly operationsPerSecond: number
  readonly anonymousOperationsPerSecond: number
  /** Whom the schema is told to; auto: to who is known. */
  readonly introspection: 'auto' | 'on' | 'off'
  /** Whom GraphiQL is shown to; auto: to who needs no token. */
  readonly graphiql: 'auto' | 'on' | 'off'
  /** An absolute path; null for none. */
  readonly persistedOperations: string | null
  readonly onlyPersisted: boolean
  /** Null for all addresses. */
  readonly torrentHost: string | null
  readonly torrentPort: number
  readonly dht: boolean
  readonly lsd: boolean
  readonly upnp: boolean
  readonly utp: boolean
  /** `host:port` of nodes through which the distributed hash table is joined; null for the well-known ones. */
  readonly dhtBootstrap: readonly string[] | null
  /** Whether what others name may lead into the local network. */
  readonly privateAddresses: boolean
  /** How long a link waits for a newer one before it is fetched. */
  readonly settleSeconds: number
  readonly encryption: 'prefer' | 'require' | 'off'
  /** Announce URLs, in order. */
  readonly trackers: readonly string[]
  /** Without a final slash. */
  readonly publicUrl: string | null
  readonly publicTorrentAddress: PeerAddress | null
  readonly trackerUdpPort: number | null
  /** In bytes a second, as the one after it; null for no limit. */
  readonly uploadLimit: number | null
  readonly downloadLimit: number | null
  readonly bandwidthSchedule: readonly BandwidthWindow[]
  /** In bytes, as the one after it; null for no bound. */
  readonly diskQuota: number | null
  readonly minFreeBytes: number
  /** auto: pretty on a terminal, JSON otherwise. */
  readonly logFormat: 'auto' | 'json' | 'pretty'
  /** Where traces are sent to, an OTLP collector's base URL without a final slash; null for nowhere. */
  readonly otlpEndpoint: string | null
}

/** At least one setting is wrong. */
export interface SettingsRefused {
  readonly type: 'SettingsRefused'
  /** For the operator: one line for each wrong setting, with its name, its value and what would be right. */
  readonly lines: readonly string[]
}
