/** Where a clock stands that times are told by. */
export type Zone = 'utc' | 'local'

/** Tells times, each as long as any other of its kind. */
export interface TimeWords {
  /** To the second, such as `2026-01-31 12:00:00`. */
  readonly moment: (millis: number) => string
  /** A range of seconds: days alone where it begins and ends at midnight. */
  readonly range: (from: number, to: number) => string
}

/** How many moments are remembered: ranges of archives are the same for many communities. */
const REMEMBERED = 1_000
const SHOWN_DIGITS = 8
const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB']

/** Tells times in UTC, or by the clock of this machine. */
export function createTimeWords(zone: Zone): TimeWords {
  const format = zone === 'utc' ? inUtc : byTheClockHere
  const remembered = new Map<number, string>()
  const moment = (millis: number): string => {
    const known = remembered.get(millis)
    if (known !== undefined) return known
    if (remembered.size >= REMEMBERED) remembered.clear()
    const words = format(new Date(millis))
    remembered.set(millis, words)
    return words
  }
  const range = (from: number, to: number): string => {
    const [first, last] = [moment(from * 1000), moment(to * 1000)]
    const isDays = first.endsWith(' 00:00:00') && last.endsWith(' 00:00:00')
    return isDays ? `${first.slice(0, 10)} to ${last.slice(0, 10)}` : `${first} to ${last}`
  }
  return { moment, range }
}

function inUtc(date: Date): string {
  const text = date.toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`
}

function byTheClockHere(date: Date): string {
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** A whole number with commas between thousands. */
export function tellNumber(number: number): string {
  if (number < 1_000) return String(number)
  return `${tellNumber(Math.floor(number / 1_000))},${String(number % 1_000).padStart(3, '0')}`
}

/** How many of what. @example tellCount(2, 'archive') // '2 archives' */
export function tellCount(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${tellNumber(count)} ${what}s`
}

/** A length, in steps of a thousand. @example tellBytes(1_234_567) // '1.2 MB' */
export function tellBytes(bytes: number): string {
  if (bytes < 1_000) return tellCount(bytes, 'byte')
  let [value, unit] = [bytes / 1_000, 0]
  while (value >= 999.95 && unit < UNITS.length - 1) [value, unit] = [value / 1_000, unit + 1]
  return `${value.toFixed(1)} ${UNITS[unit] ?? ''}`
}

/** A span of time in its largest whole unit. @example tellSeconds(604_800) // '7 days' */
export function tellSeconds(seconds: number): string {
  if (seconds >= 86_400 && seconds % 86_400 === 0) return tellCount(seconds / 86_400, 'day')
  if (seconds >= 3_600 && seconds % 3_600 === 0) return tellCount(seconds / 3_600, 'hour')
  if (seconds >= 60 && seconds % 60 === 0) return tellCount(seconds / 60, 'minute')
  return tellCount(seconds, 'second')
}

/** The first eight digits of an id, behind the `0x` of those that have one. */
export function shortId(id: string): string {
  const shown = id.startsWith('0x') ? SHOWN_DIGITS + 2 : SHOWN_DIGITS
  return id.length <= shown ? id : `${id.slice(0, shown)}…`
}
