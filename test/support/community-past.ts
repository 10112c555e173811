import { DEFAULT_REDISPATCH_SECONDS } from '../../src/domain/community-settings.ts'
import type { CommunityEvent, Role } from '../../src/domain/events.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { MemberEvent } from '../../src/domain/member-events.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { rememberParking } from './parking-past.ts'
import { noMemberPast, rememberMember, type MemberPast } from './member-past.ts'

/** What a reader of the log alone knows of a community, told without the domain's own `evolve`. */
export interface CommunityPast {
  role: Role
  isAdded: boolean
  isArchiving: boolean
  isWithdrawn: boolean
  contentTopics: string
  /** The run that has not ended. */
  run: Extract<CommunityEvent, { type: 'ArchiveCreationStarted' }>['data'] | null
  /** Whether a process began while the run was open. */
  isRunOrphaned: boolean
  packedUpTo: number | null
  generation: number
  dataBytes: number
  /** The generations of `data` that runs packed, and the newest of all that were told of. */
  packedGenerations: readonly number[]
  newestGeneration: number
  /** In the order in which they were created, or fetched. */
  created: InfoHash[]
  current: InfoHash | null
  readonly served: Set<InfoHash>
  readonly failed: Map<InfoHash, string>
  /** When the successor of a torrent was recorded as served; Infinity before. */
  readonly replacedAt: Map<InfoHash, number>
  /** Torrents whose grace something ended before its time. */
  readonly cutGraces: Set<InfoHash>
  readonly dispatched: Set<InfoHash>
  lastClock: number
  /** When the last dispatch was recorded, and how long after it the next may come by itself. */
  lastDispatchAt: number
  redispatchMs: number
  readonly member: MemberPast
  /** Work that reactors gave up, and work that was to be left undone, until anything spoke for another try. */
  readonly parked: Set<string>
  readonly skipped: Set<string>
}

/** Before the first event. */
export function noPast(): CommunityPast {
  return {
    role: 'MEMBER',
    isAdded: false,
    isArchiving: false,
    isWithdrawn: false,
    contentTopics: '[]',
    run: null,
    isRunOrphaned: false,
    packedUpTo: null,
    generation: 0,
    dataBytes: 0,
    packedGenerations: [],
    newestGeneration: 0,
    created: [],
    current: null,
    served: new Set(),
    failed: new Map(),
    replacedAt: new Map(),
    cutGraces: new Set(),
    dispatched: new Set(),
    lastClock: 0,
    lastDispatchAt: 0,
    redispatchMs: DEFAULT_REDISPATCH_SECONDS * 1000,
    member: noMemberPast(),
    parked: new Set(),
    skipped: new Set(),
  }
}

/** Whether the newest torrent of the community should be served, as far as its own wishes say. */
export function wantsSeeding({ isAdded, isArchiving, isWithdrawn }: CommunityPast): boolean {
  return isAdded && isArchiving && !isWithdrawn
}

/** Takes one more event in. */
export function remember(past: CommunityPast, { event, recordedAt }: Recorded<CommunityEvent>): void {
  rememberParking(past, event)
  switch (event.type) {
    case 'CommunityAdded':
      Object.assign(past, { role: event.data.role, isAdded: true, isArchiving: false, isWithdrawn: false })
      break
    case 'CommunityLeft':
      past.isAdded = false
      past.member.import = null
      cutGraces(past)
      break
    case 'CommunityPurged':
      Object.assign(past, { packedUpTo: null, generation: 0, dataBytes: 0, created: [], current: null })
      Object.assign(past, { packedGenerations: [], newestGeneration: 0 })
      Object.assign(past.member, { archives: new Map(), quarantined: new Map() })
      past.member.follows.clear()
      past.failed.clear()
      break
    case 'SettingsChanged':
      past.redispatchMs = (event.data.redispatchSeconds ?? DEFAULT_REDISPATCH_SECONDS) * 1000
      break
    case 'ArchivesVerified':
    case 'ArchiveRepaired':
      break
    case 'ArchivingEnabled':
      past.isArchiving = true
      break
    case 'ArchivingDisabled':
      past.isArchiving = false
      cutGraces(past)
      break
    case 'SeedingRequested':
      past.isWithdrawn = false
      break
    case 'SeedingWithdrawn':
      past.isWithdrawn = true
      cutGraces(past)
      break
    case 'ContentTopicsChanged':
      past.contentTopics = JSON.stringify(event.data.contentTopics)
      break
    case 'ArchiveCreationStarted':
      past.run = event.data
      break
    case 'ArchiveCreated': {
      const { to, generation, dataBytes, infoHash } = event.data
      Object.assign(past, { run: null, isRunOrphaned: false, packedUpTo: to, generation, dataBytes })
      past.packedGenerations = [...past.packedGenerations, generation]
      past.newestGeneration = Math.max(past.newestGeneration, generation)
      past.created.push(infoHash)
      break
    }
    case 'NoArchiveCreated':
      Object.assign(past, { run: null, isRunOrphaned: false, packedUpTo: event.data.to })
      break
    case 'ArchiveCreationFailed':
      Object.assign(past, { run: null, isRunOrphaned: false })
      break
    case 'SeedingStarted':
      startServing(past, event.data.infoHash, recordedAt)
      break
    case 'SeedingFailed':
      past.served.delete(event.data.infoHash)
      past.failed.set(event.data.infoHash, event.data.code)
      break
    case 'Unseeded':
      past.served.delete(event.data.infoHash)
      if (event.data.code !== null) past.failed.set(event.data.infoHash, event.data.code)
      break
    case 'MagnetlinkDispatched':
      past.dispatched.add(event.data.infoHash)
      past.lastClock = event.data.clock
      past.lastDispatchAt = recordedAt
      past.member.link = event.data
      break
    case 'CommunityForgotten':
    case 'ReactorParked':
    case 'ReactorRetried':
    case 'ReactorSkipped':
      break
    default:
      rememberFetched(past, event)
  }
}

/** What a member told, as far as it bears on more than its own half. */
function rememberFetched(past: CommunityPast, event: MemberEvent): void {
  rememberMember(past.member, event)
  if (event.type === 'MagnetlinkReceived') past.lastClock = event.data.clock
  if (event.type !== 'ArchiveDownloaded' && event.type !== 'DownloadFinished') return
  past.newestGeneration = Math.max(past.newestGeneration, event.data.generation)
  if (event.type === 'ArchiveDownloaded') return
  // What runs packed before is no part of it: the next run begins with the oldest message.
  Object.assign(past, { packedUpTo: null, generation: event.data.generation, dataBytes: event.data.dataBytes })
  past.created.push(event.data.infoHash)
  if (event.data.infoHash !== past.current) past.failed.delete(event.data.infoHash)
  past.replacedAt.delete(event.data.infoHash)
  past.cutGraces.delete(event.data.infoHash)
}

function startServing(past: CommunityPast, infoHash: InfoHash, recordedAt: number): void {
  past.served.add(infoHash)
  past.failed.delete(infoHash)
  if (infoHash !== past.created.at(-1) || infoHash === past.current) return
  cutGraces(past)
  if (past.current !== null) past.replacedAt.set(past.current, recordedAt)
  past.current = infoHash
}

/** Leaving, disabling, withdrawing and one more rollover end every grace at once. */
function cutGraces({ replacedAt, cutGraces: cut }: CommunityPast): void {
  for (const infoHash of replacedAt.keys()) cut.add(infoHash)
}
