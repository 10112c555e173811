import type { Position, Recorded } from '../events/recorded-event.ts'
import type { StateAt } from './fold-log.ts'
import { createTimeWords, shortId, tellNumber, type Zone } from './in-words.ts'
import { stateJson } from './state-json.ts'
import { tellActor } from './tell-actor.ts'
import { tellEvent } from './tell-event.ts'
import { tellState } from './tell-state.ts'

/** How a past is written: each text ends with a line break, or is empty. */
export interface ReplayFormat {
  readonly heading: string
  readonly line: (recorded: Recorded) => string
  /** The state that the events up to a position led to. */
  readonly ending: (state: StateAt, position: Position) => string
}

export interface ReplayLinesOptions {
  readonly zone: Zone
  /** The last position there may be: columns are as wide as its digits. */
  readonly last: Position
  /** Whether all events are of one community, which is then not named in each line. */
  readonly isOneCommunity: boolean
}

const TIME_WIDTH = 19
const COMMUNITY_WIDTH = 11
const ACTOR_WIDTH = 17
const GAP = '  '

/** For people: a line an event, in columns that leave half of a terminal of 120 for what happened. */
export function createReplayLines({ zone, last, isOneCommunity }: ReplayLinesOptions): ReplayFormat {
  const times = createTimeWords(zone)
  const width = String(last).length
  const actors = new Map<string, string>()
  const columns = (position: string, time: string, community: string, actor: string, what: string): string => {
    const about = isOneCommunity ? '' : community.padEnd(COMMUNITY_WIDTH) + GAP
    return `${position.padStart(width)}${GAP}${time}${GAP}${about}${actor}${GAP}${what}\n`
  }
  const actorOf = (actor: Recorded['actor']): string => {
    const known = actors.get(actor)
    if (known !== undefined) return known
    const words = tellActor(actor).padEnd(ACTOR_WIDTH)
    actors.set(actor, words)
    return words
  }
  const zoneWords = zone === 'utc' ? 'time (UTC)' : 'time (local)'
  return {
    heading: columns('#', zoneWords.padEnd(TIME_WIDTH), 'community', 'by whom'.padEnd(ACTOR_WIDTH), 'what happened'),
    line({ position, recordedAt, actor, event }) {
      const community = 'communityId' in event ? shortId(event.communityId) : ''
      return columns(String(position), times.moment(recordedAt), community, actorOf(actor), tellEvent(event, times))
    },
    ending(state, position) {
      const lines = [...tellState(state, times)]
      if (isOneCommunity)
        lines.splice(
          0,
          lines.findIndex((line) => line.startsWith('community')),
        )
      return `\nAfter event ${tellNumber(position)}:\n\n${lines.map((line) => `${line}\n`).join('')}`
    },
  }
}

/** For programs: a JSON object a line, with the sentence in it; the last one is the state. */
export function createReplayJson(): ReplayFormat {
  const times = createTimeWords('utc')
  return {
    heading: '',
    line({ event, recordedAt, ...place }) {
      const time = new Date(recordedAt).toISOString()
      return `${JSON.stringify({ ...place, recordedAt: time, ...event, summary: tellEvent(event, times) })}\n`
    },
    ending: (state, position) => `${JSON.stringify({ state: stateJson(state, position) })}\n`,
  }
}
