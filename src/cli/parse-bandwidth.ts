import type { BandwidthWindow, RateLimits, Weekday } from '../domain/bandwidth.ts'
import { LEAST_BYTES_PER_SECOND } from '../domain/community-settings.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { SettingParser } from './setting-parsers.ts'

const UNITS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
])

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** Parses `500000`, `500kB` or `1.5GiB` into whole bytes. */
export const parseBytes: SettingParser<number> = (text) => {
  const [, digits = '', unit = 'B'] = /^(\d{1,16}(?:\.\d{1,6})?) ?([kKMGT]?i?B)?$/.exec(text) ?? []
  const bytes = digits === '' ? Number.NaN : Math.round(Number(digits) * (UNITS.get(unit) ?? Number.NaN))
  return Number.isSafeInteger(bytes) ? ok(bytes) : err('a size, like 500MB, 20GB or 1TiB')
}

/** Parses `500kB/s`; without `/s` and a unit it means the same: bytes a second. */
export const parseRate: SettingParser<number> = (text) => {
  const bytes = parseBytes(text.replace(/\/s$/, ''))
  return bytes.ok && bytes.value >= LEAST_BYTES_PER_SECOND
    ? bytes
    : err(`a rate of ${LEAST_BYTES_PER_SECOND / 1000}kB/s or more, like 500kB/s or 2MB/s`)
}

const WINDOW_FORM = 'a time of the day and its limits, like "08:00-18:00 up=500kB/s", "mon-fri 22:00-06:00 up=none"'

/** Parses `08:00-18:00 up=500kB/s down=1MB/s`, with `mon-fri` or `sat` before it where not every day is meant. */
export const parseBandwidthWindow: SettingParser<BandwidthWindow> = (text) => {
  const words = text.split(/ +/)
  const weekdays = parseWeekdays(words[0] ?? '')
  const [hours = '', ...rates] = weekdays === null ? words : words.slice(1)
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(hours) ?? []
  const [begin, end] = [minuteOf(from ?? ''), minuteOf(to ?? '')]
  const limits = parseLimits(rates)
  if (begin === null || end === null || begin === 1440 || rates.length === 0) return err(WINDOW_FORM)
  if (!limits.ok) return limits
  return ok({ weekdays: weekdays ?? [0, 1, 2, 3, 4, 5, 6], from: begin, to: end, limits: limits.value })
}

function parseWeekdays(text: string): readonly Weekday[] | null {
  const [first, last] = text.split('-').map((day) => DAYS.findIndex((name) => name === day))
  if (first === undefined || first === -1 || last === -1) return null
  const count = last === undefined ? 1 : ((last - first + 7) % 7) + 1
  return Array.from({ length: count }, (_, after) => ((first + after) % 7) as Weekday)
}

/** `24:00` is the end of the day. */
function minuteOf(text: string): number | null {
  const [hour = Number.NaN, minute = Number.NaN] = text.split(':').map(Number)
  const isTime = (hour < 24 && minute < 60) || (hour === 24 && minute === 0)
  return isTime ? hour * 60 + minute : null
}

function parseLimits(words: readonly string[]): Result<Partial<RateLimits>, string> {
  const limits: { -readonly [Name in keyof RateLimits]?: RateLimits[Name] } = {}
  for (const word of words) {
    const [, way, text = ''] = /^(up|down)=(.+)$/.exec(word) ?? []
    const rate = text === 'none' ? ok(null) : parseRate(text)
    if (way === undefined) return err(WINDOW_FORM)
    if (!rate.ok) return err(`${WINDOW_FORM}, with ${rate.error}, or none`)
    limits[way === 'up' ? 'uploadBytesPerSecond' : 'downloadBytesPerSecond'] = rate.value
  }
  return ok(limits)
}
