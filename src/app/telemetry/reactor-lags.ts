import type { Reactor } from '../../reactors/reactor.ts'
import type { Position } from '../../events/recorded-event.ts'
import type { ReactorName } from '../wake-reactors.ts'

/** How far behind the log reactors are. Kept by the loop that wakes them. */
export interface ReactorLags {
  /** The loop wakes a reactor by an event: to be called before it does. */
  waking(name: ReactorName, position: Position): void
  /** The loop has woken all that an event concerns. */
  followed(position: Position): void
  /**
   * How many events stand after the last one that each reactor has taken into account.
   *
   * It has taken an event into account that does not concern it, or that woke it for a look which began after it and ended
   * well. What the look set going, such as a download, may take much longer.
   */
  lags(head: Position): ReadonlyMap<ReactorName, number>
}

/** An event that woke a reactor, and the first look that knows of it. */
interface Waking {
  readonly position: Position
  readonly look: number
}

/** @param from The position that the loop begins after. */
export function createReactorLags(
  reactors: Readonly<Partial<Record<ReactorName, Pick<Reactor, 'looks'>>>>,
  from: Position,
): ReactorLags {
  const names = Object.keys(reactors) as ReactorName[]
  /** Of each reactor those that it has not taken into account, the oldest of each look: two at most. */
  const open = new Map<ReactorName, readonly Waking[]>(names.map((name) => [name, []]))
  let followed = from

  function openOf(name: ReactorName): readonly Waking[] {
    const done = reactors[name]?.looks().done ?? 0
    return (open.get(name) ?? []).filter(({ look }) => look > done)
  }

  return {
    waking(name, position) {
      const wakings = openOf(name)
      const look = (reactors[name]?.looks().begun ?? 0) + 1
      open.set(name, wakings.at(-1)?.look === look ? wakings : [...wakings, { position, look }])
    },
    followed(position) {
      followed = position
    },
    lags: (head) =>
      new Map(
        names.map((name) => {
          const [oldest] = openOf(name)
          return [name, head - (oldest === undefined ? followed : oldest.position - 1)]
        }),
      ),
  }
}
