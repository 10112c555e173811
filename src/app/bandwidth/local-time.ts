import type { LocalTime, Weekday } from '../../domain/bandwidth.ts'
import type { UnixMillis } from '../../domain/time.ts'

/** What clocks on the wall show where the node is: in the time zone of the process, which `TZ` sets. */
export function localTimeOf(at: UnixMillis): LocalTime {
  const date = new Date(at)
  return { weekday: date.getDay() as Weekday, minute: date.getHours() * 60 + date.getMinutes() }
}
