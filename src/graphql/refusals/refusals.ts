import type { ObjectRef } from '@pothos/core'
import type { CommunityId } from '../../domain/community-id.ts'
import { builder, type SchemaTypes } from '../builder.ts'
import type { RefusalField, RefusalSpec, RefusalType } from './refusal-spec.ts'
import { refusalSpecs } from './refusal-specs.ts'
import type { WishRefusal } from '../wishes.ts'

/** A refusal, and the community that it is about. */
export type RefusalAnswer<Refusal extends WishRefusal = WishRefusal> = Refusal & {
  /** Null for a wish that concerns the whole node, or a community that does not exist yet. */
  readonly about: CommunityId | null
}

type FieldBuilder = PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, RefusalAnswer>

const Refusal = builder.interfaceRef<RefusalAnswer>('Refusal')

Refusal.implement({
  description: 'Why a wish was not granted. Nothing was changed.',
  resolveType: ({ type }) => type,
  fields: (t) => ({
    code: t.string({ description: 'The name of the refusal, which is also its type.', resolve: ({ type }) => type }),
    message: t.string({ description: 'What was wrong, where, and what would be right.', resolve: messageOf }),
  }),
})

function messageOf(answer: RefusalAnswer): string {
  // The type that picks the specification is the type of the refusal.
  const spec = refusalSpecs[answer.type] as RefusalSpec<WishRefusal>
  return spec.message(answer, answer.about === null ? 'The node' : `Community ${answer.about}`)
}

function defineRefusal(type: RefusalType): ObjectRef<SchemaTypes, RefusalAnswer> {
  // A refusal of this type is all that its fields are ever asked of.
  const { description, fields } = refusalSpecs[type] as RefusalSpec<WishRefusal>
  const ref = builder.objectRef<RefusalAnswer>(type)
  builder.objectType(ref, {
    description,
    interfaces: [Refusal],
    fields: (t) =>
      Object.fromEntries(
        Object.entries<RefusalField<WishRefusal>>(fields).map(([name, field]) => [name, show(t, field)]),
      ),
  })
  return ref
}

function show(t: FieldBuilder, { type, description, resolve }: RefusalField<WishRefusal>) {
  // Each field was made with a value of its type.
  return t.field({ type: type as 'String', description, resolve: (answer) => resolve(answer) as string })
}

const refs = new Map(Object.keys(refusalSpecs).map((type) => [type, defineRefusal(type as RefusalType)]))

/** The object type of a refusal. */
export function refusalRef(type: RefusalType): ObjectRef<SchemaTypes, RefusalAnswer> {
  const ref = refs.get(type)
  if (ref === undefined) throw new Error(`Cannot find the object type of refusal ${type}`)
  return ref
}
