import type { ImportId } from './archive.ts'
import type { Decision, KnownCommunity } from './community.ts'
import { barToFetching } from './decide-downloads.ts'
import { barToMembership } from './decide-links.ts'
import type {
  RecordArchiveImported,
  RecordArchiveQuarantined,
  RecordImportFinished,
  RecordImportUndone,
  StartImport,
} from './member-commands.ts'
import type { ArchiveNotDownloaded, ImportNotActive } from './member-refusals.ts'
import type { Import } from './member.ts'
import { err, ok, type Result } from './result.ts'
import { valueIn } from './shared-map.ts'

export function startImport(command: StartImport, community: KnownCommunity): Decision {
  const { communityId, importId, protocolEnabled } = command
  const bar = barToFetching(community, protocolEnabled)
  if (bar !== null) return err(bar)
  const { import: running, archives, download, dealtWith } = community.membership
  // Of a download that broke off, what is here can be taken over too. What a run packed came from the message store.
  const fetched = download?.infoHash ?? dealtWith
  const infoHash = community.data.origin === 'FETCHED' ? community.torrents.newest : fetched
  if (running !== null) return err({ type: 'ImportRunning', importId: running.importId })
  if (infoHash === null || archives.size === 0) return err({ type: 'NothingToImport' })
  return ok([{ type: 'ImportStarted', communityId, data: { importId, infoHash } }])
}

export function recordArchiveImported(command: RecordArchiveImported, community: KnownCommunity): Decision {
  const { communityId, type: _, ...data } = command
  const active = activeImportOf(data, community)
  if (!active.ok) return active
  if (valueIn(active.value.imported, data.archiveId) === true) return ok([])
  return ok([{ type: 'ArchiveImported', communityId, data }])
}

export function recordArchiveQuarantined(command: RecordArchiveQuarantined, community: KnownCommunity): Decision {
  const { communityId, type: _, ...data } = command
  const active = activeImportOf(data, community)
  if (!active.ok) return active
  if (valueIn(community.membership.archives, data.archiveId)?.state === data.code) return ok([])
  return ok([{ type: 'ArchiveQuarantined', communityId, data }])
}

export function recordImportFinished(command: RecordImportFinished, community: KnownCommunity): Decision {
  const { communityId, importId } = command
  const active = activeImport(importId, community)
  if (!active.ok) return active
  const imported = active.value.imported.size
  const { quarantined } = community.membership
  return ok([{ type: 'ImportFinished', communityId, data: { importId, imported, quarantined } }])
}

/** Only the last import can be undone, once, and until the next begins. */
export function recordImportUndone(command: RecordImportUndone, community: KnownCommunity): Decision {
  const { communityId, importId, restored } = command
  const bar = barToMembership(community)
  if (bar !== null) return err(bar)
  const { import: running, lastImport } = community.membership
  if (running !== null) return err({ type: 'ImportRunning', importId: running.importId })
  if (lastImport !== importId) return err({ type: 'NothingToUndo' })
  return ok([{ type: 'ImportUndone', communityId, data: { importId, restored } }])
}

/** Nothing is taken over that was not verified when it was fetched. */
function activeImportOf(
  { importId, archiveId }: Pick<RecordArchiveImported, 'importId' | 'archiveId'>,
  community: KnownCommunity,
): Result<Import, ImportNotActive | ArchiveNotDownloaded> {
  const active = activeImport(importId, community)
  const isHere = valueIn(community.membership.archives, archiveId) !== undefined
  return !active.ok || isHere ? active : err({ type: 'ArchiveNotDownloaded', archiveId })
}

function activeImport(importId: ImportId, { membership }: KnownCommunity): Result<Import, ImportNotActive> {
  const { import: running } = membership
  return running !== null && running.importId === importId ? ok(running) : err({ type: 'ImportNotActive', importId })
}
