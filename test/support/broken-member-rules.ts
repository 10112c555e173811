import type { CommunityEvent } from '../../src/domain/events.ts'
import type { MemberEvent } from '../../src/domain/member-events.ts'
import { wantsSeeding, type CommunityPast } from './community-past.ts'

type Complain = (rule: number, what: string) => void

const OF_MEMBER: ReadonlySet<string> = new Set<MemberEvent['type']>([
  'NodeFollowed',
  'NodeUnfollowed',
  'NodeKeyPinned',
  'MagnetlinkReceived',
  'MagnetlinkRefused',
  'DownloadStarted',
  'ArchiveDownloaded',
  'DownloadFinished',
  'DownloadFailed',
  'DownloadCancelled',
  'ImportStarted',
  'ArchiveImported',
  'ArchiveQuarantined',
  'ImportFinished',
  'ImportUndone',
])

/** Names every rule of the design that an event of a member's breaks, or another that forgets about its download. */
export function checkMember(event: CommunityEvent, past: CommunityPast, complain: Complain): void {
  if (OF_MEMBER.has(event.type)) {
    if (past.role !== 'MEMBER') complain(1, 'by a control node')
    if (!past.isAdded) complain(5, 'after the community was left')
  }
  if (event.type === 'CommunityLeft' && past.member.download !== null) complain(5, 'a download goes on')
  if (event.type === 'ArchiveCreated' && isNotForRuns(event.data.generation, past)) complain(6, 'bytes are not its own')
  checkLink(event, past, complain)
  checkDownload(event, past, complain)
  checkImport(event, past, complain)
  if (isSame(event, past)) complain(9, 'is recorded already')
}

/** A run appends to what runs packed last, or begins a file that nobody wrote. */
function isNotForRuns(generation: number, past: CommunityPast): boolean {
  const isNewest = generation === past.generation && past.packedGenerations.includes(generation)
  return generation <= past.newestGeneration && !isNewest
}

function checkLink(event: CommunityEvent, { lastClock, member }: CommunityPast, complain: Complain): void {
  if (event.type === 'NodeKeyPinned' && member.follows.get(event.data.url) !== null) complain(4, 'no key was lacking')
  if (event.type !== 'MagnetlinkReceived') return
  const { clock, origin, proof } = event.data
  const addsTrackers = clock === member.link?.clock && !member.link.magnetUri.includes('&tr=')
  if (clock <= lastClock && !addsTrackers) complain(4, `clock ${clock} after ${lastClock}`)
  if (proof === null && origin.type !== 'SUBMITTED') complain(7, 'nobody vouches for it')
  if (origin.type === 'FOLLOWED' && !member.follows.has(origin.url)) complain(7, 'nobody follows that node')
}

function checkDownload(event: CommunityEvent, past: CommunityPast, complain: Complain): void {
  const { download, link } = past.member
  switch (event.type) {
    case 'DownloadStarted':
      if (download !== null) complain(2, 'another download has not ended')
      if (!wantsSeeding(past)) complain(5, 'nobody wants it fetched')
      if (event.data.clock !== link?.clock || event.data.magnetUri !== link.magnetUri)
        complain(4, 'not the newest link')
      break
    case 'ArchiveDownloaded':
    case 'DownloadFinished':
      if (past.packedGenerations.includes(event.data.generation)) complain(6, 'bytes of a run would change')
      if (event.data.infoHash !== download?.infoHash) complain(7, 'another torrent is fetched')
      if (event.data.downloadId !== download?.downloadId) complain(8, 'of no download')
      break
    case 'DownloadFailed':
    case 'DownloadCancelled':
      if (event.data.downloadId !== download?.downloadId) complain(8, 'of no download')
      break
    default:
  }
}

function checkImport(event: CommunityEvent, past: CommunityPast, complain: Complain): void {
  const { import: running, archives, lastImport } = past.member
  switch (event.type) {
    case 'ImportStarted':
      if (running !== null) complain(8, 'another import has not ended')
      if (!wantsSeeding(past)) complain(5, 'nobody wants it imported')
      if (archives.size === 0) complain(7, 'nothing is here')
      break
    case 'ArchiveImported':
    case 'ArchiveQuarantined':
      if (!archives.has(event.data.archiveId)) complain(7, 'the archive was never fetched')
      if (event.data.importId !== running?.importId) complain(8, 'of no import')
      break
    case 'ImportFinished':
      if (event.data.importId !== running?.importId) complain(8, 'of no import')
      break
    case 'ImportUndone':
      if (running !== null) complain(8, 'another import has not ended')
      if (event.data.importId !== lastImport) complain(9, 'is not the last one, or was undone')
      break
    default:
  }
}

/** Rule 9: what is as recorded already is not recorded again. */
function isSame(event: CommunityEvent, { member }: CommunityPast): boolean {
  switch (event.type) {
    case 'NodeFollowed':
      return (
        member.follows.has(event.data.url) && [null, member.follows.get(event.data.url)].includes(event.data.nodeKey)
      )
    case 'NodeUnfollowed':
      return !member.follows.has(event.data.url)
    case 'MagnetlinkReceived':
      return member.link?.magnetUri === event.data.magnetUri
    case 'MagnetlinkRefused':
      return member.refused.has(event.data.code)
    case 'DownloadFailed':
      return member.failure === event.data.code
    case 'ArchiveDownloaded':
      return member.archives.get(event.data.archive.id) === event.data.generation
    case 'ArchiveImported':
      return member.imported.has(event.data.archiveId)
    case 'ArchiveQuarantined':
      return member.quarantined.get(event.data.archiveId) === event.data.code
    default:
      return false
  }
}
