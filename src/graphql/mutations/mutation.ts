import type { ObjectRef, UnionRef } from '@pothos/core'
import type { CommandResult } from '../../commands/command-meta.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Result } from '../../domain/result.ts'
import type { Position } from '../../events/recorded-event.ts'
import { builder, type SchemaTypes } from '../builder.ts'
import type { RefusalType } from '../refusals/refusal-spec.ts'
import { refusalRef, type RefusalAnswer } from '../refusals/refusals.ts'
import type { WishRefusal } from '../wishes.ts'

/** What a granted wish is answered with. */
export interface Granted {
  readonly position: Position | null
  readonly result: CommandResult
}

/** A granted wish under the name of its object type. */
export type AcceptedAnswer<Value = Granted> = Value & { readonly type: `${string}Accepted` }

/** How the outcome of one mutation becomes a member of its union. */
export interface MutationResult<Value> {
  readonly ref: UnionRef<SchemaTypes, AcceptedAnswer<Value> | RefusalAnswer>
  /** @throws When the refusal is not among those that the mutation was declared to give. */
  answer(
    outcome: Result<Value, { readonly type: string }>,
    about: CommunityId | null,
  ): AcceptedAnswer<Value> | RefusalAnswer
}

type AcceptedFields<Value> = (
  t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, AcceptedAnswer<Value>>,
) => Record<string, ReturnType<PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, AcceptedAnswer<Value>>['field']>>

/**
 * Declares `union <Name>Result = <Name>Accepted | refusals`.
 *
 * @param refusals All that the mutation can give, besides IdempotencyKeyReused, which each can.
 */
export function defineResult<Value extends object>(
  name: string,
  description: string,
  refusals: readonly RefusalType[],
  fields: AcceptedFields<Value>,
): MutationResult<Value> {
  const accepted = `${name}Accepted` as const
  const members: readonly RefusalType[] = [...refusals, 'IdempotencyKeyReused']
  const acceptedRef: ObjectRef<SchemaTypes, AcceptedAnswer<Value>> = builder.objectRef<AcceptedAnswer<Value>>(accepted)
  builder.objectType(acceptedRef, { description, fields })
  const ref = builder.unionType(`${name}Result`, {
    description: `${description} Or why not.`,
    types: [acceptedRef, ...members.map(refusalRef)],
    resolveType: ({ type }) => type,
  })
  return {
    ref,
    answer: (outcome, about) => {
      if (outcome.ok) return { ...outcome.value, type: accepted }
      const { error } = outcome
      if (isOneOf(members, error)) return { ...error, about }
      throw new Error(`Cannot answer mutation ${name}: it was refused with ${error.type}, which it does not declare`)
    },
  }
}

function isOneOf(members: readonly RefusalType[], refusal: { readonly type: string }): refusal is WishRefusal {
  return members.some((member) => member === refusal.type)
}

/** The field of each granted wish: the last event that it led to. */
export const positionDescription = 'The last event that the wish led to; null where all was as wished already.'
