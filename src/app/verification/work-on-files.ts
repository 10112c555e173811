import { checkVersion, type CheckedVersion } from '../../archives/repair/check-version.ts'
import { checkFetched } from '../../archives/repair/check-fetched.ts'
import type { FetchedVersion } from '../../archives/repair/fetched-version.ts'
import type { FileWorkFailed, FileWorkSurroundings } from '../../archives/repair/file-work.ts'
import type { RecordedVersion } from '../../archives/repair/recorded-version.ts'
import { repairVersion, type RepairRequest, type VersionRepair } from '../../archives/repair/repair-version.ts'
import type { Damage } from '../../domain/damage.ts'
import type { ArchiveFailureCode } from '../../domain/failure-codes.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { openMessageReader } from '../../messages/message-reader.ts'
import { messagesOfRange } from '../packing/recorded-messages.ts'

/** What is to be done with the files of a version. */
export type FilesWork =
  | { readonly type: 'CHECK'; readonly recorded: RecordedVersion }
  | { readonly type: 'CHECK_FETCHED'; readonly fetched: FetchedVersion }
  | { readonly type: 'REPAIR'; readonly request: RepairRequest; readonly damage: Damage; readonly messagesFile: string }

/** What is found, or came of a repair; or why nothing can be said. */
export type FilesAnswer<Value = CheckedVersion | VersionRepair> = Result<
  Value,
  { readonly code: ArchiveFailureCode; readonly details: string }
>

/** Checks or mends the files of a version. It belongs on a thread of its own. */
export async function workOnFiles(work: FilesWork, surroundings: FileWorkSurroundings): Promise<FilesAnswer> {
  if (work.type === 'CHECK') return answerOf(checkVersion(work.recorded, surroundings))
  if (work.type === 'CHECK_FETCHED') return answerOf(checkFetched(work.fetched, surroundings))
  const { request, damage, messagesFile } = work
  const messages = openMessageReader(messagesFile)
  try {
    return answerOf(repairVersion(request, damage, messagesOfRange(messages, request.communityId), surroundings))
  } finally {
    await messages.close()
  }
}

/** What was thrown is not passed on as it is: it may hold what cannot be sent from one thread to another. */
function answerOf<Value>(outcome: Result<Value, FileWorkFailed>): FilesAnswer<Value> {
  if (outcome.ok) return ok(outcome.value)
  const { code, cause } = outcome.error
  return err({ code, details: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) })
}
