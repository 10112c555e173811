import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findMoment, type MomentRefusal } from '../../audit/find-moment.ts'
import type { StateAt } from '../../audit/fold-log.ts'
import type { Zone } from '../../audit/in-words.ts'
import { createReplayJson, createReplayLines } from '../../audit/replay-lines.ts'
import { foldLog, replayLog, type ReplayRange } from '../../audit/replay-log.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { LogMissing } from '../no-log.ts'
import { runThread } from '../run-thread.ts'
import { EventReader } from '../../events/event-reader.ts'
import { communityStream, type Position } from '../../events/recorded-event.ts'

export interface ReplayWish {
  readonly dataDir: string
  /** The first event that is told; null: from the beginning. */
  readonly from: number | null
  /** The last event that is told: by its position, or as the newest at a time; null: the head as it is now. */
  readonly to: number | { readonly time: UnixMillis } | null
  /** Null: the node and all communities. */
  readonly communityId: CommunityId | null
  readonly form: 'LINES' | 'JSON'
  readonly zone: Zone
}

/** The log has no event of the community up to there. */
export interface CommunityNotInLog {
  readonly type: 'CommunityNotInLog'
  readonly communityId: CommunityId
  readonly upTo: Position
}
/** The first event is behind the last. */
export interface RangeEmpty {
  readonly type: 'RangeEmpty'
  readonly from: number
  readonly to: Position
}

export type ReplayRefusal = LogMissing | CommunityNotInLog | RangeEmpty | MomentRefusal

/** Takes a part of the text, and how much of the log was read. @returns Whether more is wanted. */
export type TakeReplayed = (text: string, read: number, ofAll: number) => Promise<boolean>

/** From how many events on the state is folded on a thread. */
const THREAD_FROM_EVENTS = 20_000
/** In megabytes. It makes small objects all the time, most of which are garbage soon: a young generation that holds more is cleared less often. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 96, maxOldGenerationSizeMb: 1_024 }
const THREAD = new URL('fold-thread.ts', import.meta.url)

/**
 * Tells the past of a data directory, beside the process that writes it, if there is one.
 *
 * @throws When the file is no log, or one of another program's version.
 */
export async function replay(
  wish: ReplayWish,
  take: TakeReplayed,
  threadFrom = THREAD_FROM_EVENTS,
): Promise<Result<null, ReplayRefusal>> {
  const file = join(wish.dataDir, 'seedbank.db')
  if (!existsSync(file)) return err({ type: 'LogMissing', file })
  const reader = openReader(file)
  const stopping = new AbortController()
  try {
    const range = await rangeOf(wish, reader)
    if (!range.ok) return range
    const fold = beginFold(file, range.value, reader, stopping.signal, threadFrom)
    await tell(wish, range.value, reader, take, fold)
    return ok(null)
  } finally {
    stopping.abort()
    reader.close()
  }
}

async function tell(
  { form, zone }: ReplayWish,
  range: ReplayRange,
  reader: EventReader,
  take: TakeReplayed,
  fold: () => Promise<StateAt>,
): Promise<void> {
  const { to: last, communityId } = range
  const format =
    form === 'JSON' ? createReplayJson() : createReplayLines({ zone, last, isOneCommunity: communityId !== null })
  if (!(await take(format.heading, 0, last))) return
  for await (const { text, position } of replayLog(range, format.line, reader)) {
    if (!(await take(text, position, last))) return
  }
  await take(format.ending(await fold(), last), last, last)
}

/**
 * Folds the past on a thread of its own, as it takes as long as to tell it: a short one afterwards, as a thread takes its
 * time to start.
 */
function beginFold(
  file: string,
  range: ReplayRange,
  reader: EventReader,
  signal: AbortSignal,
  threadFrom: number,
): () => Promise<StateAt> {
  if (range.to < threadFrom) return async () => foldLog(range, reader)
  const { to, communityId } = range
  const folding = runThread<StateAt>(THREAD, { file, to, communityId }, signal, THREAD_LIMITS)
  // Whoever waits for it is told of what fails.
  folding.catch(() => undefined)
  return async () => folding
}

async function rangeOf(
  { from, to, communityId }: ReplayWish,
  reader: EventReader,
): Promise<Result<ReplayRange, ReplayRefusal>> {
  const head = reader.head()
  const last = await findMoment(
    typeof to === 'object' && to !== null ? to : { position: (to ?? head) as Position },
    reader,
  )
  if (!last.ok) return last
  const first = (from ?? 1) as Position
  if (from !== null && first > head) return err({ type: 'PositionBeyondHead', position: first, head })
  if (from !== null && first > last.value) return err({ type: 'RangeEmpty', from, to: last.value })
  if (communityId !== null) {
    const before = (last.value + 1) as Position
    const known = await reader.read({ stream: communityStream(communityId), before, limit: 1 })
    if (known.length === 0) return err({ type: 'CommunityNotInLog', communityId, upTo: last.value })
  }
  return ok({ from: first, to: last.value, communityId })
}

function openReader(file: string): EventReader {
  try {
    return new EventReader(file)
  } catch (cause) {
    throw new Error(`Cannot replay the log in "${file}"`, { cause })
  }
}
