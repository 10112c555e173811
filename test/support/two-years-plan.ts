import { PARTITION_SECONDS } from '../../src/domain/archive.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import { sampleMessage } from './sample-message.ts'
import type { SeededRandom } from './seeded-random.ts'

/** The topics of the communities, and one that is not theirs. */
export const OWN_TOPICS = ['0x00c0ffee', '0x0badcafe'] as [ContentTopic, ContentTopic]
const FOREIGN_TOPIC = '0x0f0e0d0c' as ContentTopic

/** When true time begins. */
export const BEGINNING = 1_800_000_000
export const HOUR = 3_600
export const WEEK = PARTITION_SECONDS

/** Messages that come in together, of the n-th community. */
export interface Delivery {
  readonly at: number
  readonly community: number
  readonly messages: readonly Message[]
}

/** From one second to another. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What a community is like. */
interface Talk {
  /** When its first partition begins: with its first message. */
  readonly begin: number
  /** Of a hundred weeks, how many have messages. */
  readonly busyWeeks: number
  readonly deliveriesPerWeek: number
}

/** Talks every week. */
export const BUSY: Talk = { begin: BEGINNING + 5 * HOUR, busyWeeks: 97, deliveriesPerWeek: 3 }
/** Talks every fourth week. */
export const QUIET: Talk = { begin: BEGINNING + 3 * WEEK + 70 * HOUR, busyWeeks: 25, deliveriesPerWeek: 1 }
/** The communities of the node. Their weeks begin at different times. */
export const TALKS: readonly Talk[] = [BUSY, QUIET]

/**
 * Plans what is said in so many weeks.
 *
 * The messages come in within the hour in which they are sent, and never near the end of a partition: a run that is some
 * hours early or late finds the same ones. Some come weeks late. What is late is packed behind whatever the run packs
 * that finds it, so it comes only where that run is sure to be the one of its own week: away from long absences.
 */
export function planDeliveries(random: SeededRandom, weeks: number, absences: readonly Span[]): readonly Delivery[] {
  let count = 0
  function messagesAt(at: number, isFirst: boolean): readonly Message[] {
    return Array.from({ length: isFirst ? 1 : 1 + random.below(5) }, () => {
      count += 1
      const isLong = random.below(40) === 0
      return sampleMessage({
        timestamp: (isFirst ? at : at - random.below(HOUR)) as UnixSeconds,
        topic: !isFirst && random.below(12) === 0 ? FOREIGN_TOPIC : random.pick(OWN_TOPICS),
        payload: Buffer.from(`message ${count} `.padEnd(isLong ? 110_000 : 20 + random.below(300), '.')),
      })
    })
  }

  return TALKS.flatMap(({ begin, busyWeeks, deliveriesPerWeek }, community) => {
    const deliveries: Delivery[] = [{ at: begin, community, messages: messagesAt(begin, true) }]
    for (let week = 0; week < weeks - (begin - BEGINNING) / WEEK - 1; week += 1) {
      if (random.below(100) >= busyWeeks) continue
      for (let n = 0; n < deliveriesPerWeek; n += 1) {
        const at = begin + week * WEEK + 14 * HOUR + random.below(WEEK - 28 * HOUR)
        const isLate =
          week > 4 && random.below(8) === 0 && !absences.some(({ from, to }) => at > from - WEEK && at < to + WEEK)
        const sentAt = isLate ? at - (2 + random.below(3)) * WEEK : at
        deliveries.push({ at, community, messages: messagesAt(sentAt, false) })
      }
    }
    return deliveries
  }).toSorted((one, other) => one.at - other.at)
}
