import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { EventLog } from '../events/event-log.ts'
import type { Recorded } from '../events/recorded-event.ts'
import { readLastDownloads } from '../projections/downloads.ts'
import { readLastImports } from '../projections/imports.ts'
import type { ReadModels } from '../projections/read-models.ts'

export interface MembersWorkPorts {
  readonly events: Pick<EventLog, 'head' | 'tail'>
  readonly db: Kysely<ReadModels>
  readonly log: Pick<Logger, 'info' | 'error'>
}

/**
 * Tells an operator of what is recorded from now on of downloads and imports, in one line each.
 *
 * @returns Ends it.
 */
export function startMembersLog(ports: MembersWorkPorts): () => Promise<void> {
  const stopping = new AbortController()
  const told = follow(ports, stopping.signal)
  return async () => {
    stopping.abort()
    await told
  }
}

async function follow({ events, db, log }: MembersWorkPorts, signal: AbortSignal): Promise<void> {
  try {
    for await (const recorded of events.tail(events.head(), signal)) await tell(recorded, db, log)
  } catch (fault) {
    // The work itself goes on.
    log.error(fault, 'Cannot tell of downloads and imports any more')
  }
}

async function tell(
  { event, recordedAt }: Recorded,
  db: MembersWorkPorts['db'],
  log: MembersWorkPorts['log'],
): Promise<void> {
  switch (event.type) {
    case 'DownloadStarted': {
      const { communityId, data } = event
      log.info({ communityId, infoHash: data.infoHash, selection: data.selection.mode }, 'A download began')
      break
    }
    case 'DownloadFinished': {
      const { communityId, data } = event
      const { infoHash, heldArchives, archives, dataBytes } = data
      const [download] = await readLastDownloads(db, [communityId])
      const isLast = download?.downloadId === data.downloadId
      const fetched = isLast
        ? { fetchedArchives: download.archives, seconds: (recordedAt - download.startedAt) / 1000 }
        : {}
      log.info({ communityId, infoHash, heldArchives, archives, dataBytes, ...fetched }, 'A download finished')
      break
    }
    case 'ImportFinished': {
      const { communityId, data } = event
      const { imported, quarantined } = data
      const [last] = await readLastImports(db, [communityId])
      const messages = last?.importId === data.importId ? { added: last.added, removed: last.removed } : {}
      log.info({ communityId, imported, quarantined, ...messages }, 'An import finished')
      break
    }
    default: // Nothing else takes long enough to be waited for.
  }
}
