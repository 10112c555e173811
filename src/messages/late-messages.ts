import type Database from 'better-sqlite3'
import type { CommunityId } from '../domain/community-id.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { UnixSeconds } from '../domain/time.ts'
import { topicNumbersJson } from './message-row.ts'

/** The messages that came in after a run looked, and are older than where the next one begins. */
export interface LateMessages {
  readonly communityId: CommunityId
  readonly topics: readonly ContentTopic[]
  /** They were sent before this second. */
  readonly before: UnixSeconds
  /** Their sequence numbers are higher than this; 0 where no run has looked yet. */
  readonly recordedAfter: number
  /** The highest sequence number that counts. */
  readonly recordedUpTo: number
}

/** How much there is of some messages. */
export interface MessageTotals {
  readonly messages: number
  /** What their protobuf encodings take together. */
  readonly bytes: number
}

/** What is late, as a whole. */
export interface LateTotals extends MessageTotals {
  /** When the oldest was sent; null when none is late. */
  readonly oldestAt: UnixSeconds | null
}

/** Late messages whose times lie close together. */
export interface LateRange extends MessageTotals {
  /** When the oldest of them was sent. */
  readonly from: UnixSeconds
  /** The second after the newest. */
  readonly to: UnixSeconds
}

/** The questions about late messages. Each reads an index of what came in since, however long the history is. */
export interface LateMessageQueries {
  lateTotals(late: LateMessages): LateTotals

  /**
   * Late messages in groups, from the oldest on: each begins with the oldest message that is in no group yet.
   *
   * @param spanSeconds The longest that a range can be.
   * @returns True ranges, rising, without a common second.
   */
  lateRanges(late: LateMessages, spanSeconds: number): readonly LateRange[]
}

/** Prepares the questions about late messages. */
export function createLateMessageQueries(db: Database.Database): LateMessageQueries {
  const scanWhole = createScan<LateTotals>(
    db,
    'select count(*) as messages, coalesce(sum(bytes), 0) as bytes, min(sent_at) as oldestAt',
  )
  const scanSeconds = createScan<SecondTotals>(
    db,
    'select sent_at as sentAt, count(*) as messages, sum(bytes) as bytes',
    'group by sent_at order by sent_at',
  )
  return {
    lateTotals(late) {
      const [totals] = scanWhole(late)
      return totals ?? { messages: 0, bytes: 0, oldestAt: null }
    },
    lateRanges: (late, spanSeconds) => groupSeconds(scanSeconds(late), spanSeconds),
  }
}

interface SecondTotals extends MessageTotals {
  readonly sentAt: UnixSeconds
}

/** Prepares one question. Whoever asks it reads all rows at once: until then a cursor is open. */
function createScan<Row>(db: Database.Database, select: string, groups = ''): (late: LateMessages) => Iterable<Row> {
  const prepare = (index: string): Database.Statement<unknown[], Row> =>
    db.prepare(
      `${select} from messages indexed by ${index}
       where community = (select number from communities where id = ?)
         and sent_at < ? and sequence > ? and sequence <= ? and topic in (select value from json_each(?)) ${groups}`,
    )
  // Before the first run all is new, and there is nothing to pass over in the order of time.
  const [inOrder, asRecorded] = [prepare('messages_in_order'), prepare('messages_as_recorded')]
  return ({ communityId, topics, before, recordedAfter, recordedUpTo }) => {
    const scan = recordedAfter === 0 ? inOrder : asRecorded
    return scan.iterate(communityId, before, recordedAfter, recordedUpTo, topicNumbersJson(topics))
  }
}

function groupSeconds(seconds: Iterable<SecondTotals>, spanSeconds: number): readonly LateRange[] {
  const ranges: LateRange[] = []
  for (const { sentAt, messages, bytes } of seconds) {
    const last = ranges.at(-1)
    const to = (sentAt + 1) as UnixSeconds
    if (last === undefined || to - last.from > spanSeconds) ranges.push({ from: sentAt, to, messages, bytes })
    else {
      const grown = { ...last, to, messages: last.messages + messages, bytes: last.bytes + bytes }
      ranges[ranges.length - 1] = grown
    }
  }
  return ranges
}
