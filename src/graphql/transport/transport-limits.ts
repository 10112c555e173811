import { DEFAULT_CALLER_LIMITS, type CallerLimitOptions } from '../limits/caller-limits.ts'
import type { CallerClass } from './caller-class.ts'

/** What the requests of one class of callers may take. */
export interface BodyLimits {
  /** The longest request or message, in bytes. */
  readonly maxBytes: number
  /** All requests and messages of the class that are under way, together, in bytes. */
  readonly maxTotalBytes: number
  /** How long a body may take to come in, in milliseconds. */
  readonly maxMs: number
  /** How many bytes may wait for a client of a WebSocket that sends on and does not read. */
  readonly maxUnreadBytes: number
}

/** What the transports of the API allow. Milliseconds, bytes, and numbers of connections. */
export interface TransportLimits extends CallerLimitOptions {
  readonly bodies: Readonly<Record<CallerClass, BodyLimits>>
  /** Connections of any protocol: more are closed as they come. */
  readonly connections: number
  /** From one address, or network of IPv6: more are answered 429. Loopback addresses are not counted. */
  readonly connectionsPerAddress: number
  /** From a connection, or the answer before, to the end of the headers. */
  readonly headersMs: number
  /** From the first byte of a request to its last. */
  readonly requestMs: number
  /** How long a connection is kept open for the next request: longer than proxies do, so that they close first. */
  readonly keepAliveMs: number
  /** How often connections are looked at that are slow. */
  readonly checkMs: number
  readonly requestsPerConnection: number
  /** From the upgrade to `connection_init`. */
  readonly initMs: number
  /** A WebSocket from which nothing is heard for this long is asked for a sign of life; after as long again it is gone. */
  readonly silenceMs: number
  /** How long a WebSocket that is told goodbye may take to say it too. */
  readonly goodbyeMs: number
  /** Operations that one WebSocket may have under way. */
  readonly operationsPerSocket: number
}

const KIB = 1024
const MIB = 1024 * KIB

export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  ...DEFAULT_CALLER_LIMITS,
  bodies: {
    NOBODY: { maxBytes: 100_000, maxTotalBytes: 32 * MIB, maxMs: 10_000, maxUnreadBytes: MIB },
    READER: { maxBytes: MIB, maxTotalBytes: 32 * MIB, maxMs: 30_000, maxUnreadBytes: 16 * MIB },
    // Room for 1,000 messages, and for four who record at once.
    OPERATOR: { maxBytes: 64 * MIB, maxTotalBytes: 256 * MIB, maxMs: 600_000, maxUnreadBytes: 64 * MIB },
  },
  connections: 20_000,
  connectionsPerAddress: 2_000,
  headersMs: 15_000,
  requestMs: 630_000,
  keepAliveMs: 75_000,
  checkMs: 5_000,
  requestsPerConnection: 10_000,
  initMs: 3_000,
  silenceMs: 30_000,
  goodbyeMs: 2_000,
  operationsPerSocket: 100,
}
