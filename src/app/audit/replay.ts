import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findMoment, type MomentRefusal } from '../../audit/find-moment.ts'
import type { Zone } from '../../audit/in-words.ts'
import { createReplayJson, createReplayLines } from '../../audit/replay-lines.ts'
import { replayLog, type ReplayRange } from '../../audit/replay-log.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
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

/** Nothing was ever recorded there. */
export interface LogMissing {
  readonly type: 'LogMissing'
  readonly file: string
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

/**
 * Tells the past of a data directory, beside the process that writes it, if there is one.
 *
 * @throws When the file is no log, or one of another program's version.
 */
export async function replay(wish: ReplayWish, take: TakeReplayed): Promise<Result<null, ReplayRefusal>> {
  const file = join(wish.dataDir, 'seedbank.db')
  if (!existsSync(file)) return err({ type: 'LogMissing', file })
  const reader = openReader(file)
  try {
    const range = await rangeOf(wish, reader)
    if (!range.ok) return range
    await tell(wish, range.value, reader, take)
    return ok(null)
  } finally {
    reader.close()
  }
}

async function tell(
  { form, zone }: ReplayWish,
  range: ReplayRange,
  reader: EventReader,
  take: TakeReplayed,
): Promise<void> {
  const { to: last, communityId } = range
  const format =
    form === 'JSON' ? createReplayJson() : createReplayLines({ zone, last, isOneCommunity: communityId !== null })
  if (!(await take(format.heading, 0, last))) return
  for await (const part of replayLog(range, format.line, reader)) {
    const text = 'state' in part ? format.ending(part.state, part.position) : part.text
    if (!(await take(text, part.position, last))) return
  }
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
