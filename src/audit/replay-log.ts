import type { CommunityId } from '../domain/community-id.ts'
import type { EventReader, RecordedFact } from '../events/event-reader.ts'
import { BEFORE_ALL, communityStream, type Position, type Recorded } from '../events/recorded-event.ts'
import { createLogFold, type StateAt } from './fold-log.ts'
import { createTurn } from './turn.ts'

export type ReplayedLog = Pick<EventReader, 'readNext' | 'readFacts' | 'readStream'>

/** Which part of a log is told. */
export interface ReplayRange {
  readonly from: Position
  readonly to: Position
  /** Null: the node and all communities. */
  readonly communityId: CommunityId | null
}

/** A part of the story, and how far it came. */
export interface ReplayedPart {
  readonly text: string
  readonly position: Position
}

/** Small enough to be read and told in a turn. */
const PAGE_EVENTS = 250

/**
 * Tells a part of a log in order, in parts of some hundred lines. It holds what was read last and nothing else: a log of
 * any length does. The event loop is free between parts.
 */
export async function* replayLog(
  range: ReplayRange,
  line: (recorded: Recorded) => string,
  log: ReplayedLog,
): AsyncGenerator<ReplayedPart, void, undefined> {
  const turn = createTurn()
  for await (const page of pagesOf(range, log, (after, limit) => log.readNext(after, limit))) {
    let text = ''
    let last: Position = BEFORE_ALL
    for (const recorded of page) {
      last = recorded.position
      if (last >= range.from) text += line(recorded)
    }
    yield { text, position: last }
    const others = turn()
    if (others !== null) await others
  }
}

/** The state that all events up to the end of a range led to, those before it too. @param isStopped Asked now and then. */
export async function foldLog(
  { to, communityId }: Omit<ReplayRange, 'from'>,
  log: ReplayedLog,
  isStopped: () => boolean = () => false,
): Promise<StateAt> {
  const fold = createLogFold()
  const turn = createTurn()
  const range = { from: 1 as Position, to, communityId }
  for await (const page of pagesOf<RecordedFact>(range, log, (after, limit) => log.readFacts(after, limit))) {
    for (const recorded of page) fold.apply(recorded)
    if (isStopped()) break
    const others = turn()
    if (others !== null) await others
  }
  return fold.state()
}

async function* pagesOf<Read extends RecordedFact>(
  { from, to, communityId }: ReplayRange,
  log: ReplayedLog,
  readPage: (after: Position, limit: number) => readonly Read[],
): AsyncGenerator<readonly (Read | Recorded)[], void, undefined> {
  if (communityId !== null) {
    yield* pagesOfStream(communityId, to, log)
    return
  }
  for (let position = (from - 1) as Position; position < to;) {
    const page = readPage(position, Math.min(PAGE_EVENTS, to - position))
    if (page.length === 0) return
    yield page
    position = page.at(-1)?.position ?? to
  }
}

async function* pagesOfStream(
  communityId: CommunityId,
  to: Position,
  log: ReplayedLog,
): AsyncGenerator<readonly Recorded[], void, undefined> {
  let page: Recorded[] = []
  for await (const recorded of log.readStream(communityStream(communityId))) {
    if (recorded.position > to) break
    page.push(recorded)
    if (page.length < PAGE_EVENTS) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
