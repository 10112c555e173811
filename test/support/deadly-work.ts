import type { FileSteps } from '../../src/archives/file-steps.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import { reconcileArchiveFiles, type KnownVersions } from '../../src/archives/sweep/reconcile-archive-files.ts'
import { openMessageReader } from '../../src/messages/message-reader.ts'
import { messagesOf, type ArchiveRun } from './run-messages.ts'

/** What a process does until it is killed. */
export type DeadlyWork =
  | { readonly type: 'PACK'; readonly run: Omit<ArchiveRun, 'runId'>; readonly messagesFile: string }
  | { readonly type: 'SWEEP'; readonly archivesDir: string; readonly known: readonly KnownVersions[] }

/** Does it, and records nothing. */
export async function doWork(work: DeadlyWork, files: FileSteps): Promise<void> {
  if (work.type === 'SWEEP') {
    const [unswept] = reconcileArchiveFiles(work.archivesDir, work.known, files).failed
    if (unswept !== undefined) throw unswept.cause
  } else {
    const messages = openMessageReader(work.messagesFile)
    packArchives(work.run.request, messagesOf(messages, work.run), { files })
    await messages.close()
  }
}
