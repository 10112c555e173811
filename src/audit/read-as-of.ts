import type { CommunityId } from '../domain/community-id.ts'
import type { EventLog } from '../events/event-log.ts'
import { communityStream, NODE_STREAM, type Position, type StreamName } from '../events/recorded-event.ts'
import type { CommunityAt } from './community-at.ts'
import { diffStates, type Change } from './diff-states.ts'
import { createLogFold, type LogFold, type StateAt } from './fold-log.ts'
import { createTurn } from './turn.ts'

export type PastLog = Pick<EventLog, 'read' | 'readStream'>

/** The most events that are looked at in one go for the streams that they belong to. */
const PAGE_EVENTS = 500

/** A community as it was right after the event at a position; null where it was not added by then. */
export async function readCommunityAt(
  communityId: CommunityId,
  position: Position,
  log: PastLog,
): Promise<CommunityAt | null> {
  const fold = createLogFold()
  await foldStream(communityStream(communityId), [position], fold, log)
  return fold.state().communities.get(communityId) ?? null
}

/** The node as it was right after the event at a position. */
export async function readNodeAt(position: Position, log: PastLog): Promise<StateAt['node']> {
  const fold = createLogFold()
  await foldStream(NODE_STREAM, [position], fold, log)
  return fold.state().node
}

/**
 * What changed between two positions, for one community, or for the node and all communities.
 *
 * Only what has events between the two is folded, one stream after the other: each costs as much as its past.
 */
export async function readDiff(
  {
    from,
    to,
    communityId,
  }: { readonly from: Position; readonly to: Position; readonly communityId: CommunityId | null },
  log: PastLog,
): Promise<readonly Change[]> {
  const [first, last] = from <= to ? [from, to] : [to, from]
  const streams = communityId === null ? await streamsBetween(first, last, log) : [communityStream(communityId)]
  const changes: Change[] = []
  for (const stream of streams) {
    const [before, after] = await foldStream(stream, [first, last], createLogFold(), log)
    if (before === undefined || after === undefined) continue
    changes.push(...(from <= to ? diffStates(before, after) : diffStates(after, before)))
  }
  return changes
}

/** @returns The states right after the events at these positions, which rise. */
async function foldStream(
  stream: StreamName,
  positions: readonly Position[],
  fold: LogFold,
  log: PastLog,
): Promise<readonly StateAt[]> {
  const states: StateAt[] = []
  const turn = createTurn()
  for await (const recorded of log.readStream(stream)) {
    while (states.length < positions.length && recorded.position > (positions[states.length] ?? 0)) {
      states.push(fold.state())
    }
    if (states.length === positions.length) return states
    fold.apply(recorded)
    const others = turn()
    if (others !== null) await others
  }
  while (states.length < positions.length) states.push(fold.state())
  return states
}

/** The streams with events after a position, up to another, the node's first. */
async function streamsBetween(after: Position, last: Position, log: PastLog): Promise<readonly StreamName[]> {
  const streams = new Set<StreamName>([NODE_STREAM])
  const turn = createTurn()
  for (let from = after; from < last;) {
    const page = await log.read({ after: from, before: (last + 1) as Position, limit: PAGE_EVENTS })
    for (const { stream, position } of page) {
      streams.add(stream)
      from = position
    }
    if (page.length < PAGE_EVENTS) break
    const others = turn()
    if (others !== null) await others
  }
  return [...streams]
}
