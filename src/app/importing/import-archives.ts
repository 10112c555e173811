import { readArchive } from '../../archives/receiving/read-archive.ts'
import type { ReceivedArchive } from '../../archives/receiving/check-received-index.ts'
import type { Message } from '../../domain/message.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { MessageStore } from '../../messages/message-store.ts'
import type { ImportRow } from '../../projections/imports.ts'
import type { Cause, RecordOutcome } from '../../reactors/record.ts'
import { readArchivesToImport, type ArchivesToImport, type ArchivesToImportPorts } from './archives-to-import.ts'
import { tellInGroups, type ToldInGroups } from './told-in-groups.ts'

/** An import that has not ended, and what made it wanted. */
export type RunningImportRow = ImportRow & Cause

export interface ImportPorts extends ArchivesToImportPorts {
  readonly imports: MessageStore['imports']
  readonly record: RecordOutcome
  readonly logFailure: (details: unknown, about: { readonly importId: string; readonly archiveId: string }) => void
}

/**
 * Takes over the messages of all archives of a community that are here and were not taken over, and records each and the
 * end. One that cannot be is put in quarantine, and does not keep the others back.
 *
 * Broken off at any moment it goes on where it was: the messages say which archives are done, and the log is told again.
 *
 * @returns The code of one that is in quarantine, where any is.
 */
export async function importArchives(
  running: RunningImportRow,
  signal: AbortSignal,
  ports: ImportPorts,
): Promise<Result<null, { readonly code: string }>> {
  const { communityId } = running
  const found = await readArchivesToImport(communityId, ports)
  if (typeof found === 'string') return end(running, found, ports)
  let code: string | null = found.isUnnamed ? 'NOT_IN_INDEX' : null
  const told = tellInGroups(ports.record, running)
  for (const archive of found.waiting) {
    await told.before(archive.sizeBytes)
    if (signal.aborted) break
    const imported = await importArchive({ ...running, signal }, archive, found, told, ports)
    if (!imported.ok) code = imported.error.code
  }
  await told.tell()
  return signal.aborted ? ok(null) : end(running, code, ports)
}

async function end(
  running: RunningImportRow,
  code: string | null,
  { record }: ImportPorts,
): Promise<Result<null, { readonly code: string }>> {
  const { communityId, importId } = running
  await record({ type: 'RecordImportFinished', communityId, importId }, running)
  return code === null ? ok(null) : err({ code })
}

/** Broken off by the signal it tells nothing: the archive is taken over by the import that goes on. */
async function importArchive(
  { communityId, importId, signal }: RunningImportRow & { readonly signal: AbortSignal },
  archive: ReceivedArchive,
  { torrent, dataPath, index }: ArchivesToImport,
  told: ToldInGroups,
  { imports, cipher, logFailure }: ImportPorts,
): Promise<Result<null, { readonly code: string }>> {
  const { id: archiveId, sizeBytes } = archive
  const read = await readArchive({ dataPath, torrent, archive, cipher })
  if (!read.ok) {
    const { code, numbers, cause } = read.error
    if (cause !== null) logFailure(cause, { importId, archiveId })
    told.add({ type: 'RecordArchiveQuarantined', communityId, importId, archiveId, code, numbers }, sizeBytes)
    return read
  }
  const { sha256, batches } = read.value
  // Only now: one that takes nothing over lets what the one before removed be put back.
  await imports.begin(communityId, importId, signal)
  if (signal.aborted) return ok(null)
  // The log says that it was not taken over as it is now.
  await imports.forgetOther(communityId, importId, archiveId)
  const taken = imports.openArchive(communityId, importId, archiveId)
  let last: readonly Message[] = []
  for (const batch of batches()) {
    if (last.length > 0) await taken.write(last)
    if (signal.aborted) return ok(null)
    last = batch
  }
  const { messages, added } = await taken.finish(last)
  const removed = await imports.canonicalise(communityId, importId, archiveId, index, signal)
  if (signal.aborted) return ok(null)
  const counts = { messages, added, removed, sha256 }
  told.add({ type: 'RecordArchiveImported', communityId, importId, archiveId, ...counts }, sizeBytes)
  return ok(null)
}
