import type { Evidence, FollowEvidence, KnownEvidence } from './evidence.ts'
import type { Role } from './events.ts'
import type { DownloadFailureCode } from './failure-codes.ts'
import { refusedLinkHelp, type findingHelp } from './finding-help.ts'
import type { Finding, FindingCode } from './finding.ts'
import { dateOf, finding, named, progressNamed, selectionNamed, timeNamed, timeOf } from './name-evidence.ts'
import type { UnixSeconds } from './time.ts'

/** Finds one reason of its kind, or several; none where nothing speaks for it. */
type Look = (evidence: KnownEvidence) => readonly Finding[]

/**
 * What stops everything goes first, then what stopped what was last tried; what is to be expected comes last, before what
 * makes no difference.
 */
const LOOKS: Readonly<Record<Role, readonly Look[]>> = {
  CONTROL_NODE: [findBars, findParked, findFailedRun, findQuarantine, findUnpacked],
  MEMBER: [
    findBars,
    findParked,
    findFailedDownload,
    findCancelledDownload,
    findRefusedLinks,
    findNobodyToAsk,
    findSilence,
    findQuarantine,
    findDownload,
    findUnimported,
    findUnselected,
    findNobodyToTell,
    findUnarchived,
    findLostNodes,
  ],
}

/**
 * Says why the history of a community is not here, or not all of it.
 *
 * @returns What was found, most likely first. Never throws.
 */
export function diagnose(evidence: Evidence): readonly Finding[] {
  if (evidence.status === 'UNKNOWN') return [finding('COMMUNITY_UNKNOWN')]
  // Nothing is tried any more, so that nothing else counts.
  if (evidence.status === 'LEFT') return [finding('LEFT')]
  return LOOKS[evidence.role].flatMap((look) => look(evidence))
}

function findBars({ protocol, network, archiving, seeding }: KnownEvidence): readonly Finding[] {
  return [
    ...(protocol === 'DISABLED' ? [finding('PROTOCOL_DISABLED')] : []),
    ...(network === 'OFFLINE' ? [finding('OFFLINE')] : []),
    ...(archiving === 'DISABLED' ? [finding('ARCHIVING_DISABLED')] : []),
    ...(seeding === 'WITHDRAWN' ? [finding('SEEDING_WITHDRAWN')] : []),
  ]
}

/** Nothing of it is tried until somebody decides. */
function findParked({ parked }: KnownEvidence): readonly Finding[] {
  return parked.map(({ since, ...work }) => finding('WORK_PARKED', { ...work, since: timeOf(since) }))
}

function findFailedRun({ failedRuns }: KnownEvidence): readonly Finding[] {
  if (failedRuns === null) return []
  const { code, count, lastAt } = failedRuns
  return [finding('LAST_RUN_FAILED', { code, failedRuns: count, lastAt: timeOf(lastAt) })]
}

const DOWNLOAD_FINDINGS: Readonly<Record<DownloadFailureCode, FindingCode & keyof typeof findingHelp>> = {
  NO_PEERS: 'NO_PEERS',
  NO_METADATA: 'METADATA_TIMED_OUT',
  METADATA_TOO_LARGE: 'TORRENT_MALFORMED',
  TORRENT_MALFORMED: 'TORRENT_MALFORMED',
  INDEX_MALFORMED: 'INDEX_MALFORMED',
  ENCRYPTED: 'ENCRYPTED',
  PEERS_WITHOUT_PIECES: 'PEERS_WITHOUT_PIECES',
  STALLED: 'STALLED',
  QUOTA_EXCEEDED: 'QUOTA_EXCEEDED',
  DISK_FULL: 'DISK_FULL',
  WRITE_FAILED: 'DOWNLOAD_FAILED',
  READ_FAILED: 'DOWNLOAD_FAILED',
  ACCESS_DENIED: 'DOWNLOAD_FAILED',
  TOO_MANY_OPEN_FILES: 'DOWNLOAD_FAILED',
  INTERNAL: 'DOWNLOAD_FAILED',
}

function findFailedDownload({ download }: KnownEvidence): readonly Finding[] {
  if (download === null || download.failure === null) return []
  const { code, numbers, since } = download.failure
  const { infoHash } = download
  return [finding(DOWNLOAD_FINDINGS[code], { code, since: timeOf(since), infoHash, ...numbers })]
}

function findCancelledDownload(evidence: KnownEvidence): readonly Finding[] {
  const { link, download } = evidence
  if (link === null || download?.status !== 'CANCELLED' || download.infoHash !== link.infoHash) return []
  if (isWhole(evidence)) return []
  return [finding('DOWNLOAD_CANCELLED', { infoHash: link.infoHash, ...timeNamed('endedAt', download.endedAt) })]
}

function findRefusedLinks({ refusedLinks }: KnownEvidence): readonly Finding[] {
  return refusedLinks.map(({ code, count, firstAt }) => ({
    code: 'ANNOUNCEMENT_REFUSED',
    evidence: named({ code, count, firstAt: timeOf(firstAt) }),
    help: refusedLinkHelp[code],
  }))
}

function findNobodyToAsk(evidence: KnownEvidence): readonly Finding[] {
  return evidence.link === null && !isTold(evidence) ? evidence.follows.flatMap(unreachable) : []
}

/** A link is known, and a newer one may have been announced. */
function findNobodyToTell(evidence: KnownEvidence): readonly Finding[] {
  return evidence.link !== null && !isTold(evidence) ? evidence.follows.flatMap(unreachable) : []
}

/** One node that is reached is enough. */
function findLostNodes(evidence: KnownEvidence): readonly Finding[] {
  const lost = evidence.follows.filter(({ code }) => code !== null)
  if (lost.length === 0 || !isTold(evidence)) return []
  const connectedNodes = evidence.follows.filter(({ isConnected }) => isConnected).length
  return [finding('FOLLOWED_NODE_UNREACHABLE', { urls: lost.map(({ url }) => url).join(' '), connectedNodes })]
}

function isTold({ follows }: KnownEvidence): boolean {
  return follows.some(({ isConnected }) => isConnected)
}

function unreachable({ url, code, nextTryAt }: FollowEvidence): readonly Finding[] {
  return code === null
    ? []
    : [finding('FOLLOWED_NODE_UNREACHABLE', { url, code, ...timeNamed('nextTryAt', nextTryAt) })]
}

function findSilence({ link, refusedLinks, follows }: KnownEvidence): readonly Finding[] {
  if (link !== null || refusedLinks.length > 0) return []
  return [finding('NEVER_ANNOUNCED', { followedNodes: follows.length })]
}

/** What is encrypted was no mistake, and is told apart. */
function findQuarantine({ archives: { quarantined } }: KnownEvidence): readonly Finding[] {
  return [...quarantined]
    .toSorted(([, one], [, other]) => other - one)
    .map(([code, count]) => finding(code === 'ENCRYPTED' ? code : 'IMPORT_QUARANTINED', { code, archives: count }))
}

/** A link waits for a moment, as a newer one may follow at once. */
function findDownload(evidence: KnownEvidence): readonly Finding[] {
  const { link, download, archives } = evidence
  if (link === null || findBars(evidence).length > 0) return []
  const { infoHash } = link
  if (download === null || download.infoHash !== infoHash) {
    return link.isPacked ? [] : [finding('DOWNLOAD_UNDER_WAY', { infoHash, linkReceivedAt: timeOf(link.receivedAt) })]
  }
  if (download.status !== 'RUNNING' || download.failure !== null) return []
  const now = { ...progressNamed(download.progress), heldArchives: archives.held }
  return [finding('DOWNLOAD_UNDER_WAY', { infoHash, startedAt: timeOf(download.startedAt), ...now })]
}

function findUnimported({ archives: { waiting } }: KnownEvidence): readonly Finding[] {
  return waiting > 0 ? [finding('NOT_IMPORTED_YET', { archives: waiting })] : []
}

function findUnselected({ link, download, archives: { named: all, held } }: KnownEvidence): readonly Finding[] {
  if (download?.status !== 'FINISHED' || download.infoHash !== link?.infoHash || all === null || held >= all) return []
  return [finding('NOT_SELECTED', { archives: all - held, ...selectionNamed(download.selection) })]
}

/** Where the history on the network ends is known only where all of it is here. */
function findUnarchived(evidence: KnownEvidence): readonly Finding[] {
  const isSettled = evidence.download?.status !== 'RUNNING' && isWhole(evidence)
  return isSettled && evidence.archivedUpTo !== null ? endOfArchives(evidence.archivedUpTo, evidence) : []
}

function findUnpacked(evidence: KnownEvidence): readonly Finding[] {
  const { archivedUpTo } = evidence
  return archivedUpTo === null ? [finding('RANGE_NOT_ARCHIVED_YET')] : endOfArchives(archivedUpTo, evidence)
}

function endOfArchives(end: UnixSeconds, { now }: KnownEvidence): readonly Finding[] {
  return end * 1000 < now ? [finding('RANGE_NOT_ARCHIVED_YET', { from: dateOf(end) })] : []
}

/** Whether all archives of the newest link are here. */
function isWhole({ link, archives: { named: all, held } }: KnownEvidence): boolean {
  return link !== null && (link.isPacked || (all !== null && held >= all))
}
