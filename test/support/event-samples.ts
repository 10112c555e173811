import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventData, EventSchemas } from '../../src/events/event-schemas.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/events')

/** The data of one event as some version of the program wrote it. */
export interface EventSample {
  readonly type: string
  readonly version: number
  readonly data: EventData
}

/** The samples that are kept: of each type and version that was ever written. They are never changed once released. */
export function readEventSamples(): readonly EventSample[] {
  return readdirSync(FOLDER).map((name) => {
    const [, type = '', version = ''] = /^(\w+)\.v(\d+)\.json$/.exec(name) ?? []
    if (type === '') throw new Error(`${name} is no sample of an event`)
    return { type, version: Number(version), data: JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as EventData }
  })
}

/** The names of the samples that there have to be: every type, in every version up to the one that is written. */
export function namesOfSamples(schemas: EventSchemas): readonly string[] {
  return Object.entries(schemas.current).flatMap(([type, current]) =>
    Array.from({ length: current }, (_, before) => `${type}.v${before + 1}`),
  )
}

/**
 * What the data of an event is made of, in one line a value: its path, and of what kind it is. A list is as its first value.
 * Null stands for any kind; the names in `numbers` are free.
 */
export function shapeOf(value: unknown, path = ''): readonly string[] {
  if (value === null) return [`${path}: any`]
  if (Array.isArray(value)) return [`${path}: list`, ...(value.length === 0 ? [] : shapeOf(value[0], `${path}[]`))]
  if (typeof value !== 'object') return [`${path}: ${typeof value}`]
  if (path.endsWith('.numbers')) return [`${path}: object`]
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return [`${path}: object`, ...entries.flatMap(([name, each]) => shapeOf(each, `${path}.${name}`))]
}
