import type { MemberEvent } from '../../src/domain/member-events.ts'

type About<Type extends MemberEvent['type']> = Extract<MemberEvent, { readonly type: Type }>['data']

/** What a reader of the log alone knows of a member's half of a community, told without the domain's own `evolve`. */
export interface MemberPast {
  /** The newest link that was believed, or dispatched. */
  link: Pick<About<'MagnetlinkReceived'>, 'clock' | 'infoHash' | 'magnetUri'> | null
  /** The followed nodes, and the key of each; null until one is pinned. */
  readonly follows: Map<string, string | null>
  /** Why links were refused since the last one was believed. */
  refused: Set<string>
  download: About<'DownloadStarted'> | null
  /** Why it does not get on. */
  failure: string | null
  /** In which generation each archive is. */
  archives: Map<string, number>
  import: About<'ImportStarted'> | null
  imported: Set<string>
  quarantined: Map<string, string>
  /** The import that can be undone. */
  lastImport: string | null
}

/** Before the first event. */
export function noMemberPast(): MemberPast {
  return {
    link: null,
    follows: new Map(),
    refused: new Set(),
    download: null,
    failure: null,
    archives: new Map(),
    import: null,
    imported: new Set(),
    quarantined: new Map(),
    lastImport: null,
  }
}

/** Takes one more event in. */
export function rememberMember(past: MemberPast, event: MemberEvent): void {
  switch (event.type) {
    case 'NodeFollowed':
    case 'NodeKeyPinned':
      past.follows.set(event.data.url, event.data.nodeKey)
      break
    case 'NodeUnfollowed':
      past.follows.delete(event.data.url)
      break
    case 'MagnetlinkReceived':
      past.link = event.data
      past.refused = new Set()
      break
    case 'MagnetlinkRefused':
      past.refused.add(event.data.code)
      break
    case 'DownloadStarted':
      Object.assign(past, { download: event.data, failure: null })
      break
    case 'ArchiveDownloaded':
      past.archives.set(event.data.archive.id, event.data.generation)
      past.failure = null
      break
    case 'DownloadFailed':
      past.failure = event.data.code
      break
    case 'DownloadFinished':
    case 'DownloadCancelled':
      past.download = null
      break
    case 'ImportStarted':
      Object.assign(past, { import: event.data, imported: new Set() })
      break
    case 'ArchiveImported':
      past.imported.add(event.data.archiveId)
      past.lastImport = event.data.importId
      past.quarantined.delete(event.data.archiveId)
      break
    case 'ArchiveQuarantined':
      past.quarantined.set(event.data.archiveId, event.data.code)
      break
    case 'ImportFinished':
      past.import = null
      break
    case 'ImportUndone':
      past.lastImport = null
      break
    default:
      event satisfies never
  }
}
