import { statSync } from 'node:fs'
import type { KnownCommunity } from '../../domain/community.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import {
  recordInto,
  recordNdjson,
  type NdjsonProgress,
  type RecordNdjsonOptions,
  type RecordNdjsonResult,
  type RejectedLine,
} from '../../messages/record-ndjson.ts'
import { readCommunity } from '../../projections/communities.ts'
import { ServerLost, WishRefused } from '../ask-server.ts'
import { findServer } from '../runtime-file.ts'
import { openStores } from '../stores.ts'
import { recordOverApi, SERVER_LIMITS } from './record-over-api.ts'

export type { NdjsonProgress, RejectedLine }

export interface RecordFileOptions extends Omit<RecordNdjsonOptions, 'record' | 'limits'> {
  readonly dataDir: string
  readonly communityId: CommunityId
}

/** Nothing was recorded, or no more: there is no such file, or the community or the data directory is not ready. */
export interface RecordFileRefused {
  readonly type: 'RecordFileRefused'
  /** For the operator. */
  readonly message: string
}

/** The server went away. What was recorded until then stays, and recording the file again goes on. */
export interface RecordFileInterrupted {
  readonly type: 'RecordFileInterrupted'
  /** For the operator. */
  readonly message: string
}

type Recorded = Result<RecordNdjsonResult, RecordFileRefused | RecordFileInterrupted>

/**
 * Records a file of messages: through the server that runs on the data directory, or else, where none does, with
 * the directory locked for as long as it takes.
 *
 * @throws When the disk fails, the server's or this one's. What was recorded until then stays.
 */
export async function recordFile(options: RecordFileOptions): Promise<Recorded> {
  const { file, dataDir, communityId } = options
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return refuse(`There is no file ${file}`)
  if (!stats.isFile()) return refuse(`${file} is no regular file`)
  await using closing = new AsyncDisposableStack()
  const stores = await openStores(dataDir, closing)
  if (!stores.ok && stores.error.type === 'DataDirectoryUnusable') return refuse(stores.error.message)
  if (!stores.ok) return await recordThroughServer(options)
  const { db, messages } = stores.value
  const bar = barTo((await readCommunity(db, communityId))?.status ?? null, communityId)
  return bar ?? ok(await recordNdjson({ ...options, record: recordInto(messages, communityId) }))
}

async function recordThroughServer(options: RecordFileOptions): Promise<Recorded> {
  const { dataDir, communityId } = options
  const found = findServer(dataDir)
  if (!found.ok) return refuse(found.error)
  const server = recordOverApi(found.value, communityId)
  try {
    const bar = barTo(await server.readStatus(), communityId)
    return bar ?? ok(await recordNdjson({ ...options, record: server.record, limits: SERVER_LIMITS }))
  } catch (error) {
    if (error instanceof WishRefused) return refuse(error.message)
    if (!(error instanceof ServerLost)) throw error
    const message = `${error.message}: what was recorded stays, and recording the file again finishes it`
    return err({ type: 'RecordFileInterrupted', message })
  }
}

function barTo(
  status: KnownCommunity['status'] | null,
  communityId: CommunityId,
): Result<never, RecordFileRefused> | null {
  switch (status) {
    case 'ADDED':
      return null
    case 'LEFT':
      return refuse(`This node left the community ${communityId}: add it again first`)
    case null:
      return refuse(`This node does not know the community ${communityId}: add it first`)
  }
}

function refuse(message: string): Result<never, RecordFileRefused> {
  return err({ type: 'RecordFileRefused', message })
}
