import type { DownloadEnd, LinkOrigin, MemberEvent } from '../domain/member-events.ts'
import { shortId, tellBytes, tellCount, tellNumber, type TimeWords } from './in-words.ts'
import { tellCode, tellNumbers } from './tell-code.ts'
import { tellSelection } from './tell-settings.ts'

const ENDS: Readonly<Record<DownloadEnd, string>> = {
  REQUESTED: 'as was asked for',
  SUPERSEDED: 'another took its place',
  LEFT: 'the community was left',
}

const ORIGINS: Readonly<Record<LinkOrigin['type'], string>> = {
  FOLLOWED: 'a node that is followed',
  SUBMITTED: 'a client',
  DHT: 'the public BitTorrent directory (DHT)',
}

/** What happened to a member's history, in one sentence. */
export function tellMemberEvent(event: MemberEvent, times: TimeWords): string {
  switch (event.type) {
    case 'NodeFollowed': {
      const { url, nodeKey } = event.data
      const key = nodeKey === null ? '' : `, if signed with key ${shortId(nodeKey)}`
      return `takes announcements from ${url} from now on${key}`
    }
    case 'NodeUnfollowed':
      return `takes no more announcements from ${event.data.url}`
    case 'NodeKeyPinned':
      return `believes ${event.data.url} only with key ${shortId(event.data.nodeKey)} from now on`
    case 'MagnetlinkReceived': {
      const { infoHash, origin } = event.data
      const from = origin.type === 'FOLLOWED' ? origin.url : ORIGINS[origin.type]
      return `learnt of torrent ${shortId(infoHash)} from ${from}`
    }
    case 'MagnetlinkRefused':
      return `turned an announcement from ${ORIGINS[event.data.origin]} away: ${tellCode(event.data.code)}`
    case 'ImportStarted':
      return `began to take over the messages of torrent ${shortId(event.data.infoHash)}`
    case 'ArchiveImported': {
      const { messages, added, removed, archiveId } = event.data
      const gone = removed === 0 ? '' : `, ${tellCount(removed, 'other')} removed`
      return `took over archive ${shortId(archiveId)}: ${tellCount(messages, 'message')}, ${tellNumber(added)} new${gone}`
    }
    case 'ArchiveQuarantined': {
      const { archiveId, code, numbers } = event.data
      return `set archive ${shortId(archiveId)} aside: ${tellCode(code)}${tellNumbers(numbers)}`
    }
    case 'ImportFinished': {
      const { imported, quarantined } = event.data
      const aside = quarantined === 0 ? '' : `, ${tellNumber(quarantined)} set aside`
      return `finished taking messages over: ${tellCount(imported, 'archive')}${aside}`
    }
    case 'ImportUndone':
      return `put back ${tellCount(event.data.restored, 'message')} that the last taking over had removed`
    default:
      return tellDownload(event, times)
  }
}

type DownloadEvent = Extract<
  MemberEvent,
  {
    readonly type: 'DownloadStarted' | 'ArchiveDownloaded' | 'DownloadFinished' | 'DownloadFailed' | 'DownloadCancelled'
  }
>

function tellDownload(event: DownloadEvent, times: TimeWords): string {
  switch (event.type) {
    case 'DownloadStarted':
      return `began to download ${tellSelection(event.data.selection, times)} of torrent ${shortId(event.data.infoHash)}`
    case 'ArchiveDownloaded': {
      const { archive } = event.data
      const bytes = tellBytes(archive.sizeBytes - archive.paddingBytes)
      return `downloaded the archive of ${times.range(archive.from, archive.to)}, ${bytes}`
    }
    case 'DownloadFinished': {
      const { infoHash, archives, heldArchives } = event.data
      const here = `${tellNumber(heldArchives)} of ${tellCount(archives, 'archive')} here`
      return `finished the download of torrent ${shortId(infoHash)}: ${here}`
    }
    case 'DownloadFailed':
      return `cannot go on with the download for now: ${tellCode(event.data.code)}${tellNumbers(event.data.numbers)}`
    case 'DownloadCancelled':
      return `gave up the download: ${ENDS[event.data.reason]}; what came is kept`
  }
}
