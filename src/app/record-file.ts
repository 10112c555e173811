import type { CommunityId } from '../domain/community-id.ts'
import { err, ok, type Result } from '../domain/result.ts'
import {
  recordInto,
  recordNdjson,
  type RecordBatch,
  type RecordNdjsonOptions,
  type RecordNdjsonResult,
} from '../messages/record-ndjson.ts'
import { readCommunity } from '../projections/communities.ts'
import { readRuntime } from './runtime-file.ts'
import { openStores } from './stores.ts'
import { recordOverApi, RecordingRefused } from './record-over-api.ts'

export interface RecordFileOptions extends Omit<RecordNdjsonOptions, 'record'> {
  readonly dataDir: string
  readonly communityId: CommunityId
}

/** Nothing was recorded, or no more: in which state the community or the data directory is. */
export interface RecordFileRefused {
  readonly type: 'RecordFileRefused'
  /** For the operator. */
  readonly message: string
}

/**
 * Records a file of messages: through the server that runs on the data directory, or else, where none does, with
 * the directory locked for as long as it takes.
 *
 * @throws When the file cannot be read, or the server or the store fails. What was recorded until then stays.
 */
export async function recordFile(options: RecordFileOptions): Promise<Result<RecordNdjsonResult, RecordFileRefused>> {
  const { dataDir, communityId } = options
  await using closing = new AsyncDisposableStack()
  const stores = await openStores(dataDir, closing)
  if (!stores.ok) return recordThroughServer(options)
  const { db, messages } = stores.value
  const community = await readCommunity(db, communityId)
  if (community === null) return refuse(`This node does not know the community ${communityId}: add it first`)
  if (community.status === 'LEFT') return refuse(`This node left the community ${communityId}: add it again first`)
  return ok(await recordNdjson({ ...options, record: recordInto(messages, communityId) }))
}

async function recordThroughServer(options: RecordFileOptions): Promise<Result<RecordNdjsonResult, RecordFileRefused>> {
  const runtime = readRuntime(options.dataDir)
  if (runtime === null) {
    return refuse(`Another process writes to ${options.dataDir}, and is no server: wait until it has ended`)
  }
  const record: RecordBatch = recordOverApi(runtime.url, options.communityId)
  try {
    return ok(await recordNdjson({ ...options, record }))
  } catch (error) {
    if (error instanceof RecordingRefused) return refuse(error.message)
    throw error
  }
}

function refuse(message: string): Result<never, RecordFileRefused> {
  return err({ type: 'RecordFileRefused', message })
}
