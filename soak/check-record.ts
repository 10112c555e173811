import type { AnsweredWish } from '../test/support/persistent-client.ts'
import { isSignal } from '../src/graphql/subscriptions/signal.ts'
import '../src/graphql/schema.ts'
import { readLogSnapshot, type LogSnapshot } from '../test/support/log-snapshot.ts'
import { mix, type Followed } from './followed.ts'

/** What the log of a node says at the end, compared with what clients were told. */
export interface RecordCheck {
  readonly events: number
  readonly signals: number
  /** What each subscriber has to have received. */
  readonly expected: Followed
  /** What is wrong: none where all is well. */
  readonly faults: readonly string[]
}

/**
 * Reads the log of a node that has stopped, and compares chain, read models and the answers that were given with it.
 *
 * @param lastPosition Of the last signal that subscribers were waited for.
 */
export async function checkRecord(
  dataDir: string,
  answered: readonly AnsweredWish[],
  lastPosition: number,
): Promise<RecordCheck> {
  const snapshot = await readLogSnapshot(dataDir)
  const expected = expectedOf(snapshot, lastPosition)
  return {
    events: snapshot.events.length,
    signals: expected.count,
    expected,
    faults: [
      ...(snapshot.fault === null ? [] : [`The chain is broken: ${JSON.stringify(snapshot.fault)}`]),
      ...(JSON.stringify(snapshot.live) === JSON.stringify(snapshot.rebuilt)
        ? []
        : ['A read model is not what the log says']),
      ...answered.flatMap((wish) => faultOf(wish, snapshot)),
    ],
  }
}

/** Names subscribers that received anything but the signals of the log, each once and in order. */
export function checkFollowed(followed: readonly Followed[], expected: Followed): readonly string[] {
  return followed.flatMap(({ count, mixed, repeated }, index) =>
    count === expected.count && mixed === expected.mixed && repeated === 0
      ? []
      : [`Subscriber ${index} received ${count} signals, ${repeated} of them again; the log has ${expected.count}`],
  )
}

function expectedOf({ events }: LogSnapshot, lastPosition: number): Followed {
  const signals = events.filter(({ event, position }) => isSignal(event.type) && position <= lastPosition)
  return {
    position: signals.at(-1)?.position ?? 0,
    count: signals.length,
    mixed: signals.reduce((mixed, { position }) => mix(mixed, position), 0),
    repeated: 0,
    resumed: 0,
  }
}

/** An answer was given after the commit: what it says has to be there. */
function faultOf({ mutation, correlationId, answer }: AnsweredWish, { events }: LogSnapshot): readonly string[] {
  if (answer.position == null) return []
  const recorded = events[Number(answer.position) - 1]
  const isThere = recorded !== undefined && recorded.correlationId === correlationId
  return isThere ? [] : [`${mutation} was granted with event ${answer.position}, which the log does not have`]
}
