import { err, ok, type Result } from '../../domain/result.ts'
import type { EventRow } from '../../events/event-row.ts'
import type { LogId } from '../../events/recorded-event.ts'

/** The first line of an exported log. */
export interface HeaderLine {
  readonly format: 'seedbank-log'
  readonly version: 1
  readonly logId: LogId
  /** The release of the program that wrote it. */
  readonly program: string
  /** How many follow: a link ends a part of them just as it ends them all. */
  readonly events: number
}

/** The chain's link of the event before it: now and then, and as the last line. */
export interface LinkLine {
  readonly position: number
  /** 32 bytes in hex. */
  readonly link: string
}

export const HEADER = { format: 'seedbank-log', version: 1 } as const

/** A link stands behind each so many events, so that what was changed is found near where it was. */
export const LINK_EVERY = 1000

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What kind of value stands in each place of an event's line. */
const COLUMNS = 'number,string,number,string,string,number,number,string,string,string?,string'.split(',')

/** @returns Refused with what is wrong with it. */
export function parseHeader(text: string): Result<HeaderLine, string> {
  const line = parse(text) as Partial<HeaderLine> | null
  if (line?.format !== HEADER.format) return err('it is no header of an exported log')
  if (line.version !== HEADER.version) return err(`its format is version ${String(line.version)}, this program knows 1`)
  const isNamed = typeof line.logId === 'string' && UUID.test(line.logId)
  const isWhole = typeof line.program === 'string' && isNamed && Number.isSafeInteger(line.events)
  return isWhole ? ok(line as HeaderLine) : err('the header does not say what log it is of, and how many events')
}

/** An event, or a link. @returns Refused with what is wrong with it. */
export function parseLine(text: string): Result<EventRow | LinkLine, string> {
  const line = parse(text)
  // What is hashed is this very text, so that no other way to write the same will do.
  if (JSON.stringify(line) !== text) return err('it is not written as Seedbank writes it')
  if (Array.isArray(line)) return isRow(line) ? ok(line as unknown as EventRow) : err('it is no event')
  const { position, link } = (line ?? {}) as Partial<LinkLine>
  return typeof position === 'number' && typeof link === 'string'
    ? ok({ position, link })
    : err('it is no event and no link')
}

function isRow(values: readonly unknown[]): boolean {
  return (
    values.length === COLUMNS.length &&
    COLUMNS.every((kind, index) => {
      const value = values[index]
      if (kind === 'number') return Number.isSafeInteger(value)
      if (value === null) return kind === 'string?'
      return typeof value === 'string' && value.isWellFormed()
    })
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is no JSON is no line of a log, which is what the caller says.
    return null
  }
}
