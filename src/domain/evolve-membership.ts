import type {
  ArchiveImported,
  ArchiveQuarantined,
  DownloadCancelled,
  DownloadFailed,
  DownloadFinished,
  DownloadStarted,
  MemberEvent,
} from './member-events.ts'
import type { Membership } from './member.ts'

/** What a member remembers after one more fact of its own. Never refuses. */
export function evolveMembership(membership: Membership, event: MemberEvent): Membership {
  switch (event.type) {
    case 'NodeFollowed':
    case 'NodeKeyPinned':
      return { ...membership, follows: new Map(membership.follows).set(event.data.url, event.data.nodeKey) }
    case 'NodeUnfollowed': {
      const follows = new Map(membership.follows)
      follows.delete(event.data.url)
      return { ...membership, follows }
    }
    case 'MagnetlinkReceived': {
      const { clock, infoHash, magnetUri } = event.data
      return { ...membership, link: { clock, infoHash, magnetUri }, refusedLinks: new Set() }
    }
    case 'MagnetlinkRefused':
      return { ...membership, refusedLinks: new Set(membership.refusedLinks).add(event.data.code) }
    case 'ArchiveDownloaded': {
      const { archive, generation } = event.data
      const archives = new Map(membership.archives).set(archive.id, generation)
      // It gets on: the next failure is news, of whatever kind.
      const download = membership.download && { ...membership.download, failure: null }
      return { ...membership, archives, download }
    }
    case 'DownloadStarted':
    case 'DownloadFailed':
    case 'DownloadFinished':
    case 'DownloadCancelled':
      return evolveDownload(membership, event)
    default:
      return evolveImport(membership, event)
  }
}

function evolveDownload(
  membership: Membership,
  event: DownloadStarted | DownloadFailed | DownloadFinished | DownloadCancelled,
): Membership {
  const { download } = membership
  switch (event.type) {
    case 'DownloadStarted':
      return { ...membership, hasFiles: true, download: { ...event.data, failure: null }, dealtWith: null }
    case 'DownloadFailed':
      return { ...membership, download: download === null ? null : { ...download, failure: event.data.code } }
    case 'DownloadFinished':
      return { ...membership, download: null, dealtWith: event.data.infoHash }
    case 'DownloadCancelled': {
      // What was left, or gave way to another part, is fetched when its link is wanted again.
      const isOperators = event.data.reason === 'REQUESTED'
      const dealtWith = isOperators ? (download?.infoHash ?? null) : membership.dealtWith
      return { ...membership, download: null, dealtWith }
    }
  }
}

type ImportEvent = Extract<MemberEvent, { type: `Import${string}` }> | ArchiveImported | ArchiveQuarantined

function evolveImport(membership: Membership, event: ImportEvent): Membership {
  const { import: running } = membership
  switch (event.type) {
    case 'ImportStarted':
      return { ...membership, import: { importId: event.data.importId, imported: new Set() } }
    case 'ArchiveImported': {
      const { archiveId } = event.data
      const quarantined = new Map(membership.quarantined)
      quarantined.delete(archiveId)
      const imported = new Set(running?.imported).add(archiveId)
      return { ...membership, quarantined, import: running === null ? null : { ...running, imported } }
    }
    case 'ArchiveQuarantined': {
      const { archiveId, code } = event.data
      return { ...membership, quarantined: new Map(membership.quarantined).set(archiveId, code) }
    }
    case 'ImportFinished':
      return { ...membership, import: null, lastImport: event.data.importId }
    case 'ImportUndone':
      return { ...membership, lastImport: null }
  }
}
