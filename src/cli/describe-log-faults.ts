import type { LogReport } from '../app/audit/verify-whole.ts'

type SchemaFaults = LogReport['schema']
type Kinds = LogReport['kinds']

/** What is wrong with tables, triggers and indexes of the log, in lines for the operator; none where all is well. */
export function describeSchema(faults: SchemaFaults): readonly string[] {
  if (faults.length === 0) return []
  return [
    'The schema of the log is not what was made: it may be no longer append-only',
    ...faults.map(({ kind, name, code }) => `  ${code}: ${kind} ${name}`),
    '  Stop the node and restore a back-up of before: nothing makes these anew in a log that is there',
  ]
}

/** What is wrong with the notes of which events there are. */
export function describeKinds(faults: Kinds['faults']): readonly string[] {
  if (faults.length === 0) return []
  return [
    'The notes of which events there are (event_kind) are not what stands in the log',
    ...faults.map(({ code, position, type, schemaVersion }) => {
      return `  ${code} at position ${position}: ${type} version ${schemaVersion} ${KIND_WORDS[code]}`
    }),
    '  Restore a back-up, if there is one: the notes are no part of the chain. The events are as they were written',
  ]
}

const KIND_WORDS: Readonly<Record<Kinds['faults'][number]['code'], string>> = {
  NOT_NOTED: 'stands there, and is not noted',
  NO_EVENT: 'is noted, and no event is of that kind',
  NOT_FIRST: 'is noted there, and is not the first of its kind',
}

/** Which events need another program, and what was therefore left out. */
export function describeUnknown(unknown: Kinds['unknown']): readonly string[] {
  if (unknown.length === 0) return []
  return [
    ...unknown.map(({ position, type, schemaVersion }) => {
      return `Cannot read the event at position ${position}: ${type} version ${schemaVersion} is unknown: use the newer program that wrote it`
    }),
    '  Read models and files were not compared: that takes a program that can read all events',
  ]
}
