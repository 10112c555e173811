import {
  execute,
  getNamedType,
  isLeafType,
  isObjectType,
  parse,
  type DocumentNode,
  type GraphQLObjectType,
} from 'graphql'
import type { Grant } from '../../domain/access.ts'
import type { Recorded } from '../../events/recorded-event.ts'
import type { GraphqlContext, GraphqlPorts } from '../context.ts'
import { createLoaders } from '../loaders.ts'
import { startOperation } from '../operation.ts'
import { formatCursor } from '../scalars/cursor.ts'
import { schema } from '../schema.ts'
import { createTurns } from '../turns.ts'
import type { Delivered } from './event-stream.ts'
import { signalNameOf } from './signal.ts'

/** A signal as JSON: the name of its type, and all that subscribers can ask of it but what is as of now. */
export interface SignalJson {
  readonly type: string
  readonly occurredAt: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Of a signal, how things stand when it is read: a receiver that is told late, or again, would be told otherwise. */
const AS_OF_NOW: ReadonlySet<string> = new Set(['community', 'run'])

const documents = new Map<string, DocumentNode>()

/**
 * Tells an event as a subscriber is told who asks for every field of its signal.
 *
 * @param grant For whom: fields are shown as the rules have it.
 * @throws When the event is no signal, or the answer has errors.
 */
export async function signalJson(recorded: Recorded, grant: Grant, ports: GraphqlPorts): Promise<SignalJson> {
  const name = signalNameOf(recorded.event.type)
  if (name === undefined) throw new Error(`Cannot tell event ${recorded.position}: ${recorded.event.type} is no signal`)
  const turns = createTurns()
  const contextValue: GraphqlContext = {
    ...ports,
    caller: { actor: 'reactor:telling', grant, ended: null },
    operation: startOperation('HTTP', { 'x-correlation-id': recorded.correlationId }),
    turns,
    loaders: createLoaders(ports.db, turns),
  }
  const signals: Delivered = { cursor: formatCursor(recorded.position, ports), recorded }
  const { data, errors } = await execute({ schema, document: documentOf(name), rootValue: signals, contextValue })
  const fields = data?.['signals'] as SignalJson['fields'] | null | undefined
  if (errors !== undefined || fields == null) {
    throw new AggregateError(errors ?? [], `Cannot tell event ${recorded.position} as ${name}`)
  }
  return { type: name, occurredAt: String(fields['occurredAt']), fields }
}

function documentOf(name: string): DocumentNode {
  const known = documents.get(name)
  if (known !== undefined) return known
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`Cannot ask for all fields of ${name}: it is no object type`)
  const document = parse(`subscription { signals { __typename ... on ${name} ${selectionOf(type)} } }`)
  documents.set(name, document)
  return document
}

/** Every field, down to the leaves. What is part of a signal contains neither itself nor a community. */
function selectionOf(type: GraphQLObjectType): string {
  const selections = Object.values(type.getFields()).map(({ name, type: wrapped }) => {
    const inner = getNamedType(wrapped)
    if (AS_OF_NOW.has(name)) return ''
    if (isLeafType(inner)) return name
    if (!isObjectType(inner)) throw new Error(`Cannot ask for all of ${type.name}.${name}: it has no fixed type`)
    return `${name} ${selectionOf(inner)}`
  })
  return `{ ${selections.join(' ')} }`
}
