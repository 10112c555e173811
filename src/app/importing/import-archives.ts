import { readArchive, type ArchiveRefused, type ReadArchive } from '../../archives/receiving/read-archive.ts'
import type { ReceivedArchive } from '../../archives/receiving/check-received-index.ts'
import type { ArchiveId } from '../../domain/archive.ts'
import type { Command } from '../../domain/commands.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { TakeOverRequest } from '../../messages/importing/message-imports.ts'
import type { MessageStore } from '../../messages/message-store.ts'
import type { ImportRow } from '../../projections/imports.ts'
import type { Cause, RecordOutcome } from '../../reactors/record.ts'
import { readArchivesToImport, type ArchivesToImport, type ArchivesToImportPorts } from './archives-to-import.ts'
import { groupArchives } from './group-archives.ts'

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
  for (const group of groupArchives(found.waiting)) {
    const read = await readGroup(group, found, signal, ports)
    if (signal.aborted) break
    await importGroup(read, running, signal, found.index, ports)
    for (const { result } of read) if (!result.ok) code = result.error.code
  }
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

/** An archive that was read, or cannot be. */
interface ArchiveRead {
  readonly archiveId: ArchiveId
  readonly result: Result<ReadArchive, ArchiveRefused>
}

/** Reads archives one after the other. Broken off by the signal it leaves some out. */
async function readGroup(
  group: readonly ReceivedArchive[],
  { torrent, dataPath }: ArchivesToImport,
  signal: AbortSignal,
  { cipher }: ImportPorts,
): Promise<readonly ArchiveRead[]> {
  const all: ArchiveRead[] = []
  for (const archive of group) {
    if (signal.aborted) break
    all.push({ archiveId: archive.id, result: await readArchive({ dataPath, torrent, archive, cipher }) })
  }
  return all
}

/** Takes over the archives of a group, and tells of each. Broken off by the signal it tells nothing of those that are not done. */
async function importGroup(
  group: readonly ArchiveRead[],
  running: RunningImportRow,
  signal: AbortSignal,
  index: TakeOverRequest['index'],
  { imports, record, logFailure }: ImportPorts,
): Promise<void> {
  const { communityId, importId } = running
  const good = group.flatMap(({ archiveId, result }) =>
    result.ok ? [{ archiveId, batches: result.value.batches() }] : [],
  )
  // One that takes nothing over is not begun there: what the one before removed can still be put back.
  const request = { communityId, importId, index, archives: good }
  const taken = good.length === 0 ? [] : await imports.takeOver(request, signal)
  const countsOf = new Map(taken.map(({ archiveId, ...counts }) => [archiveId, counts]))
  const told = group.flatMap(({ archiveId, result }): Command[] => {
    const about = { communityId, importId, archiveId }
    const counts = countsOf.get(archiveId)
    if (result.ok) {
      return counts === undefined
        ? []
        : [{ type: 'RecordArchiveImported', ...about, ...counts, sha256: result.value.sha256 }]
    }
    const { code, numbers, cause } = result.error
    if (cause !== null) logFailure(cause, { importId, archiveId })
    return [{ type: 'RecordArchiveQuarantined', ...about, code, numbers }]
  })
  await Promise.all(told.map(async (command) => record(command, running)))
}
