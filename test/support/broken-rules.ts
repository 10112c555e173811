import type { CommunityEvent } from '../../src/domain/events.ts'
import { isDamage } from '../../src/domain/failure-codes.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import { checkMember } from './broken-member-rules.ts'
import { brokenParking } from './parking-past.ts'
import { noPast, remember, wantsSeeding, type CommunityPast } from './community-past.ts'

type Complain = (rule: number, what: string) => void
type About<Type extends CommunityEvent['type']> = Extract<CommunityEvent, { readonly type: Type }>

/**
 * Reads a whole log and names every place where it breaks a rule that always holds, by the numbers of the design.
 *
 * @param graceMs How long a replaced torrent is served.
 * @param untimed Torrents of which the log does not tell how long their grace was.
 */
export function brokenRules(
  events: readonly Recorded[],
  graceMs: number,
  untimed: ReadonlySet<InfoHash> = new Set(),
): readonly string[] {
  const broken: string[] = []
  const pasts = new Map<string, CommunityPast>()
  const graceOf = (infoHash: InfoHash): number => (untimed.has(infoHash) ? 0 : graceMs)
  for (const recorded of events) {
    const { event, position, stream } = recorded
    if (!('communityId' in event)) {
      if (event.type === 'NodeStarted') for (const past of pasts.values()) past.isRunOrphaned = past.run !== null
      continue
    }
    const past = pasts.get(stream) ?? noPast()
    pasts.set(stream, past)
    const complain: Complain = (rule, what) => broken.push(`rule ${rule} at ${position}, ${event.type}: ${what}`)
    const ofCommunity = { ...recorded, event }
    checkControlNode(event, past, complain)
    checkRollover(ofCommunity, past, graceOf, complain)
    checkDispatch(ofCommunity, past, complain)
    checkArchive(event, past, complain)
    checkRun(event, past, complain)
    checkMember(event, past, complain)
    checkChange(event, past, complain)
    checkParking(event, past, complain)
    remember(past, ofCommunity)
  }
  return broken
}

const OF_CONTROL_NODE: ReadonlySet<string> = new Set([
  'ArchiveCreationStarted',
  'ArchiveCreated',
  'NoArchiveCreated',
  'MagnetlinkDispatched',
])

function checkControlNode({ type }: CommunityEvent, past: CommunityPast, complain: Complain): void {
  if (OF_CONTROL_NODE.has(type) && past.role !== 'CONTROL_NODE') complain(1, 'by a member')
}

function checkRollover(
  { event, recordedAt }: Recorded<CommunityEvent>,
  past: CommunityPast,
  graceOf: (infoHash: InfoHash) => number,
  complain: Complain,
): void {
  const isDamaged = event.type === 'Unseeded' && event.data.reason === 'DAMAGED'
  if (event.type === 'SeedingStarted' || event.type === 'SeedingFailed' || isDamaged) {
    const { infoHash } = event.data
    if (!past.created.includes(infoHash)) complain(7, 'the torrent was never created')
    if (!wantsSeeding(past)) complain(5, 'nobody wants it served')
    if (isGone(infoHash, past)) complain(2, 'its grace is over')
  }
  if (event.type !== 'Unseeded' || event.data.reason !== 'REPLACED') return
  const { infoHash } = event.data
  const servedSince = past.replacedAt.get(infoHash)
  if (servedSince === undefined) complain(2, 'no successor is served')
  else if (!past.cutGraces.has(infoHash) && recordedAt < servedSince + graceOf(infoHash)) {
    complain(2, `dropped after ${recordedAt - servedSince} ms of its grace`)
  }
}

/** Whether a torrent has no part in the rollover any more: it is older than the one before the current. */
function isGone(infoHash: InfoHash, { current, cutGraces, created, replacedAt }: CommunityPast): boolean {
  if (infoHash === created.at(-1) || infoHash === current) return false
  return cutGraces.has(infoHash) || !replacedAt.has(infoHash)
}

function checkDispatch(
  { event, actor, recordedAt }: Recorded<CommunityEvent>,
  past: CommunityPast,
  complain: Complain,
): void {
  if (event.type !== 'MagnetlinkDispatched') return
  const { infoHash, clock } = event.data
  const isTooSoon = recordedAt < past.lastDispatchAt + past.redispatchMs
  if (actor === 'reactor:dispatching' && past.dispatched.has(infoHash) && isTooSoon) complain(3, 'dispatched before')
  if (clock <= past.lastClock) complain(4, `clock ${clock} after ${past.lastClock}`)
  if (!wantsSeeding(past)) complain(5, 'the community wants nothing served')
  if (!past.served.has(infoHash) || infoHash !== past.current) complain(7, 'the torrent is not served')
}

function checkArchive(event: CommunityEvent, past: CommunityPast, complain: Complain): void {
  if (event.type !== 'ArchiveCreated') return
  const { archives, dataBytes, generation } = event.data
  if (generation < past.generation) complain(6, 'an older generation')
  let end = generation > past.generation ? 0 : past.dataBytes
  for (const { offset, rawBytes, paddingBytes } of archives) {
    if (offset !== end) complain(6, `an archive begins at ${offset} and not at ${end}`)
    end = offset + rawBytes + paddingBytes
  }
  if (dataBytes !== end) complain(6, `data ends at ${dataBytes} and not at ${end}`)
}

function checkRun(event: CommunityEvent, past: CommunityPast, complain: Complain): void {
  const { run, isRunOrphaned, packedUpTo } = past
  const isInterruption = event.type === 'ArchiveCreationFailed' && event.data.code === 'INTERRUPTED'
  if (isInterruption !== isRunOrphaned)
    complain(8, isRunOrphaned ? 'comes before INTERRUPTED' : 'interrupted by nobody')
  switch (event.type) {
    case 'ArchiveCreationStarted':
      if (run !== null) complain(8, 'another run has not ended')
      if (event.data.from !== (packedUpTo ?? event.data.from)) complain(8, `not from ${packedUpTo}`)
      if (!past.isArchiving) complain(5, 'archiving is off')
      break
    case 'ArchiveCreated':
    case 'NoArchiveCreated':
      if (run === null || !isOfRun(event, run)) complain(8, 'is not the end of the run')
      break
    case 'ArchiveCreationFailed':
      if (run?.runId !== event.data.runId) complain(8, 'is not the end of the run')
      break
    case 'CommunityLeft':
    case 'ArchivingDisabled':
      if (run !== null) complain(5, 'a run goes on')
      break
    default:
  }
}

function isOfRun(
  { data }: About<'ArchiveCreated'> | About<'NoArchiveCreated'>,
  { runId, from, to }: NonNullable<CommunityPast['run']>,
): boolean {
  return data.runId === runId && data.from === from && data.to === to
}

/** Rule 9, and rule 5 for what is given up: nobody wants it of a community that was left, or opted out. */
function checkParking(event: CommunityEvent, past: CommunityPast, complain: Complain): void {
  const broken = brokenParking(event, past)
  if (broken !== null) complain(9, broken)
  if (event.type === 'ReactorParked' && !(past.isAdded && past.isArchiving)) complain(5, 'nobody wants it done')
}

/** Rule 9: what is as recorded already is not recorded again, and one change is one event. */
function checkChange(event: CommunityEvent, past: CommunityPast, complain: Complain): void {
  if (isSame(event, past)) complain(9, 'is recorded already')
  if (event.type !== 'SeedingFailed' || !past.served.has(event.data.infoHash)) return
  if (isDamage(event.data.code)) complain(9, 'it is damaged, and was served: Unseeded tells both')
}

function isSame(event: CommunityEvent, past: CommunityPast): boolean {
  switch (event.type) {
    case 'CommunityAdded':
      return past.isAdded
    case 'CommunityLeft':
      return !past.isAdded
    case 'ArchivingEnabled':
      return past.isArchiving
    case 'ArchivingDisabled':
      return !past.isArchiving
    case 'SeedingRequested':
      return !past.isWithdrawn
    case 'SeedingWithdrawn':
      return past.isWithdrawn
    case 'ContentTopicsChanged':
      return past.contentTopics === JSON.stringify(event.data.contentTopics)
    case 'SeedingStarted':
      // A torrent of before that is fetched again becomes the current one without a pause.
      return past.served.has(event.data.infoHash) && !isBack(event.data.infoHash, past)
    case 'Unseeded':
      return !past.served.has(event.data.infoHash)
    case 'SeedingFailed':
      return !past.served.has(event.data.infoHash) && past.failed.get(event.data.infoHash) === event.data.code
    default:
      return false
  }
}

function isBack(infoHash: InfoHash, { created, current }: CommunityPast): boolean {
  return infoHash === created.at(-1) && infoHash !== current
}
