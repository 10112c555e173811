import type {
  ArchiveImported,
  ArchiveQuarantined,
  DownloadCancelled,
  DownloadFailed,
  DownloadFinished,
  DownloadStarted,
  MemberEvent,
} from './member-events.ts'
import type { ArchiveId } from './archive.ts'
import type { HeldArchive, Membership } from './member.ts'
import { NO_ENTRIES, valueIn, withEntry } from './shared-map.ts'

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
      // It gets on: the next failure is news, of whatever kind.
      const download = membership.download && { ...membership.download, failure: null }
      return { ...withArchive(membership, archive.id, { generation, state: 'WAITING' }), download }
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
      return {
        ...membership,
        download: null,
        dealtWith: event.data.infoHash,
        missing: event.data.archives - event.data.heldArchives,
      }
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
      return { ...membership, import: { importId: event.data.importId, imported: NO_ENTRIES } }
    case 'ArchiveImported': {
      const { archiveId, importId: lastImport } = event.data
      const imported = running && { ...running, imported: withEntry(running.imported, archiveId, true) }
      return { ...withState(membership, archiveId, 'IMPORTED'), import: imported, lastImport }
    }
    case 'ArchiveQuarantined': {
      const { archiveId, code } = event.data
      return withState(membership, archiveId, code)
    }
    case 'ImportFinished':
      return { ...membership, import: null }
    case 'ImportUndone':
      return { ...membership, lastImport: null }
  }
}

function withState(membership: Membership, archiveId: ArchiveId, state: HeldArchive['state']): Membership {
  const archive = valueIn(membership.archives, archiveId)
  return archive === undefined ? membership : withArchive(membership, archiveId, { ...archive, state })
}

function withArchive(membership: Membership, archiveId: ArchiveId, archive: HeldArchive): Membership {
  const before = valueIn(membership.archives, archiveId)
  return {
    ...membership,
    archives: withEntry(membership.archives, archiveId, archive),
    waiting: membership.waiting + countIf(archive, isWaiting) - countIf(before, isWaiting),
    quarantined: membership.quarantined + countIf(archive, isQuarantined) - countIf(before, isQuarantined),
  }
}

function isWaiting({ state }: HeldArchive): boolean {
  return state !== 'IMPORTED'
}

function isQuarantined({ state }: HeldArchive): boolean {
  return state !== 'IMPORTED' && state !== 'WAITING'
}

function countIf(archive: HeldArchive | undefined, matches: (archive: HeldArchive) => boolean): number {
  return archive !== undefined && matches(archive) ? 1 : 0
}
