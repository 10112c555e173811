import type { Evidence, KnownEvidence } from './evidence.ts'
import type { DownloadFailureCode } from './failure-codes.ts'
import { findingHelp, refusedLinkHelp } from './finding-help.ts'
import type { Finding, FindingCode, NamedValue } from './finding.ts'
import type { Selection } from './selection.ts'
import type { UnixMillis, UnixSeconds } from './time.ts'

/** Finds one reason of its kind, or several; none where nothing speaks for it. */
type Look = (evidence: KnownEvidence) => readonly Finding[]

/** What stops everything goes first, then what stopped what was last tried; what is to be expected comes last. */
const LOOKS: readonly Look[] = [
  findBars,
  findFailedRun,
  findFailedDownload,
  findCancelledDownload,
  findRefusedLinks,
  findLostNodes,
  findSilence,
  findQuarantine,
  findDownload,
  findUnimported,
  findUnselected,
  findUnarchived,
]

/**
 * Says why the history of a community is not here, or not all of it.
 *
 * @returns What was found, most likely first. Never throws.
 */
export function diagnose(evidence: Evidence): readonly Finding[] {
  if (evidence.status === 'UNKNOWN') return [finding('COMMUNITY_UNKNOWN')]
  // Nothing is tried any more, so that nothing else counts.
  if (evidence.status === 'LEFT') return [finding('LEFT')]
  return LOOKS.flatMap((look) => look(evidence))
}

function findBars({ protocol, network, archiving, seeding }: KnownEvidence): readonly Finding[] {
  return [
    ...(protocol === 'DISABLED' ? [finding('PROTOCOL_DISABLED')] : []),
    ...(network === 'OFFLINE' ? [finding('OFFLINE')] : []),
    ...(archiving === 'DISABLED' ? [finding('ARCHIVING_DISABLED')] : []),
    ...(seeding === 'WITHDRAWN' ? [finding('SEEDING_WITHDRAWN')] : []),
  ]
}

function findFailedRun({ role, failedRuns }: KnownEvidence): readonly Finding[] {
  if (role !== 'CONTROL_NODE' || failedRuns === null) return []
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

function findCancelledDownload({ link, download }: KnownEvidence): readonly Finding[] {
  if (link === null || download?.status !== 'CANCELLED' || download.infoHash !== link.infoHash) return []
  return [finding('DOWNLOAD_CANCELLED', { infoHash: link.infoHash, ...timeNamed('endedAt', download.endedAt) })]
}

function findRefusedLinks({ refusedLinks }: KnownEvidence): readonly Finding[] {
  return refusedLinks.map(({ code, count, firstAt }) => ({
    code: 'ANNOUNCEMENT_REFUSED',
    evidence: named({ code, count, firstAt: timeOf(firstAt) }),
    help: refusedLinkHelp[code],
  }))
}

function findLostNodes({ follows }: KnownEvidence): readonly Finding[] {
  return follows.flatMap(({ url, code, nextTryAt }) =>
    code === null ? [] : [finding('FOLLOWED_NODE_UNREACHABLE', { url, code, ...timeNamed('nextTryAt', nextTryAt) })],
  )
}

function findSilence({ role, link, refusedLinks, follows }: KnownEvidence): readonly Finding[] {
  if (role !== 'MEMBER' || link !== null || refusedLinks.length > 0) return []
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
    return [finding('DOWNLOAD_UNDER_WAY', { infoHash, linkReceivedAt: timeOf(link.receivedAt) })]
  }
  if (download.status !== 'RUNNING' || download.failure !== null) return []
  const counts = { heldArchives: archives.held, ...(archives.named !== null && { archives: archives.named }) }
  return [finding('DOWNLOAD_UNDER_WAY', { infoHash, startedAt: timeOf(download.startedAt), ...counts })]
}

function findUnimported({ role, archives: { held, imported, quarantined } }: KnownEvidence): readonly Finding[] {
  const inQuarantine = quarantined.values().reduce((sum, count) => sum + count, 0)
  const waiting = held - imported - inQuarantine
  return role === 'MEMBER' && waiting > 0 ? [finding('NOT_IMPORTED_YET', { archives: waiting })] : []
}

function findUnselected({ link, download, archives: { named: all, held } }: KnownEvidence): readonly Finding[] {
  if (download?.status !== 'FINISHED' || download.infoHash !== link?.infoHash || all === null || held >= all) return []
  return [finding('NOT_SELECTED', { archives: all - held, ...selectionNamed(download.selection) })]
}

function findUnarchived({ role, archivedUpTo, now }: KnownEvidence): readonly Finding[] {
  if (archivedUpTo === null) return role === 'CONTROL_NODE' ? [finding('RANGE_NOT_ARCHIVED_YET')] : []
  return archivedUpTo * 1000 < now ? [finding('RANGE_NOT_ARCHIVED_YET', { from: dateOf(archivedUpTo) })] : []
}

function selectionNamed(selection: Selection): Readonly<Record<string, string>> {
  const { mode } = selection
  return mode === 'RANGE' ? { mode, from: dateOf(selection.from), to: dateOf(selection.to) } : { mode }
}

function finding(code: keyof typeof findingHelp, values: Readonly<Record<string, string | number>> = {}): Finding {
  return { code, evidence: named(values), help: findingHelp[code] }
}

function named(values: Readonly<Record<string, string | number>>): readonly NamedValue[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: String(value) }))
}

function timeNamed(name: string, at: UnixMillis | null): Readonly<Record<string, string>> {
  return at === null ? {} : { [name]: timeOf(at) }
}

function timeOf(at: UnixMillis): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

function dateOf(at: UnixSeconds): string {
  return timeOf((at * 1000) as UnixMillis)
}
