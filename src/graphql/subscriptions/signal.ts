import type { InterfaceParam, ObjectRef } from '@pothos/core'
import type { DomainEvent, EventType } from '../../domain/events.ts'
import { readCommunity } from '../../projections/communities.ts'
import { builder, type SchemaTypes } from '../builder.ts'
import { Community } from '../nouns/community.ts'
import type { Delivered } from './event-stream.ts'

/** A signal of one type of event. */
export type SignalOf<Type extends EventType> = Delivered<Extract<DomainEvent, { readonly type: Type }>>

/** What the field functions of a signal's object type are given. */
export type SignalFields<Type extends EventType> = (
  t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, SignalOf<Type>>,
) => Record<string, ReturnType<PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, SignalOf<Type>>['field']>>

interface NamedSignal {
  readonly type: EventType
  readonly name: string
  readonly description: string
}

const named = new Map<EventType, NamedSignal>()

/** What clients are told of events; each event type that is a signal has an object type. */
export const Signal = builder.interfaceRef<Delivered>('Signal').implement({
  description: 'Something that happened, as clients are told.',
  resolveType: ({ recorded }) => named.get(recorded.event.type)?.name,
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      description: 'Where it stands: give it as `after` to go on behind it. Opaque; valid as long as the log.',
    }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'When it was recorded.',
      resolve: ({ recorded }) => recorded.recordedAt,
    }),
    position: t.field({
      type: 'Position',
      description: 'The event that it tells.',
      resolve: ({ recorded }) => recorded.position,
    }),
    correlationId: t.field({
      type: 'Uuid',
      description: 'What all that followed from the same wish has in common.',
      resolve: ({ recorded }) => recorded.correlationId,
    }),
    communityId: t.field({
      type: 'CommunityId',
      nullable: true,
      description: 'The community that it is about; null for the node as a whole.',
      resolve: ({ recorded: { event } }) => ('communityId' in event ? event.communityId : null),
    }),
    community: t.field({
      type: Community,
      nullable: true,
      description: 'That community, as it is now.',
      resolve: async ({ recorded: { event } }, _args, { db }) =>
        'communityId' in event ? readCommunity(db, event.communityId) : null,
    }),
  }),
})

/** What the object type of a signal adds to the interfaces. */
export interface SignalSpec<Type extends EventType> {
  readonly description: string
  /** Besides `Signal`. Each must be of this type of event too. */
  readonly interfaces?: readonly InterfaceParam<SchemaTypes>[]
  readonly fields?: SignalFields<Type>
}

/** Declares the object type of the signal that tells an event. */
export function defineSignal<Type extends EventType>(type: Type, name: string, spec: SignalSpec<NoInfer<Type>>): void {
  const { description, interfaces = [], fields } = spec
  named.set(type, { type, name, description })
  const ref: ObjectRef<SchemaTypes, SignalOf<Type>> = builder.objectRef<SignalOf<Type>>(name)
  builder.objectType(ref, { description, interfaces: [Signal, ...interfaces], ...(fields !== undefined && { fields }) })
}

/** Whether clients are told of events of this type. */
export function isSignal(type: EventType): type is EventType {
  return named.has(type)
}

/** The name that clients know the events of a type by; undefined where they are told of none. */
export function signalNameOf(type: EventType): string | undefined {
  return named.get(type)?.name
}

/** Each signal that was defined, in the order of the names. */
export function describedSignals(): readonly NamedSignal[] {
  return [...named.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1))
}
