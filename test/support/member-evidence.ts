import { diagnose } from '../../src/domain/diagnose.ts'
import type { KnownEvidence } from '../../src/domain/evidence.ts'
import type { DownloadFailureCode, QuarantineCode } from '../../src/domain/failure-codes.ts'
import type { FindingCode } from '../../src/domain/finding.ts'
import type { FollowUrl } from '../../src/domain/follow-url.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import type { UnixMillis, UnixSeconds } from '../../src/domain/time.ts'
import { infoHash } from './community-facts.ts'

export const SECOND = 1_700_000_000 as UnixSeconds
export const NOW = (SECOND * 1000) as UnixMillis
export const TIME = '2023-11-14T22:13:20Z'
export const url = 'wss://node.example/graphql' as FollowUrl

export const link = {
  clock: NOW as number as Clock,
  infoHash: infoHash(1),
  origin: 'SUBMITTED',
  isPacked: false,
  receivedAt: NOW,
} as const
export const finished = {
  infoHash: infoHash(1),
  status: 'FINISHED',
  selection: { mode: 'ALL_MISSING' },
  failure: null,
  startedAt: NOW,
  endedAt: NOW,
  progress: null,
} as const
export const running = { ...finished, status: 'RUNNING', endedAt: null } as const
export const ALL_HERE = { named: 3, held: 3, waiting: 0, quarantined: new Map<QuarantineCode, number>() }

/** A member that has everything. */
export const healthy: KnownEvidence = {
  status: 'ADDED',
  role: 'MEMBER',
  archiving: 'ENABLED',
  seeding: 'REQUESTED',
  protocol: 'ENABLED',
  network: 'ONLINE',
  now: NOW,
  archivedUpTo: SECOND,
  failedRuns: null,
  follows: [{ url, isConnected: false, code: null, nextTryAt: null }],
  link,
  refusedLinks: [],
  download: finished,
  archives: ALL_HERE,
  parked: [],
}
export const cancelled = { ...finished, status: 'CANCELLED' } as const
export const lost = { url, isConnected: false, code: 'UNREACHABLE', nextTryAt: null } as const
export const connected = { url, isConnected: true, code: null, nextTryAt: null } as const
export const NO_PROGRESS = { peers: 0, bytes: 0, totalBytes: 9, archives: 0, totalArchives: 4 }
export const LATER = { now: (NOW + 1) as UnixMillis }
/** Once the control node, it is told of what it packed and serves. */
export const PACKED = { link: { ...link, isPacked: true }, download: null, archives: { ...ALL_HERE, named: null } }
export const controlNode: Partial<KnownEvidence> = { role: 'CONTROL_NODE', follows: [], link: null, download: null }

export function codesOf(changes: Partial<KnownEvidence>): readonly FindingCode[] {
  return diagnose({ ...healthy, ...changes }).map(({ code }) => code)
}

export function failing(
  code: DownloadFailureCode,
  numbers: Readonly<Record<string, number>> = {},
): Partial<KnownEvidence> {
  return { download: { ...running, failure: { code, numbers, since: NOW } } }
}
