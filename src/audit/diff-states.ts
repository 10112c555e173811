import type { CommunityId } from '../domain/community-id.ts'
import type { CommunityAt } from './community-at.ts'
import type { StateAt } from './fold-log.ts'
import type { TimeWords } from './in-words.ts'
import type { NodeAt } from './node-at.ts'
import { COMMUNITY_FIELDS, NODE_FIELDS, type FieldWords } from './state-fields.ts'

/** One field that is not what it was. */
export interface Change {
  /** Null: of the node as a whole. */
  readonly communityId: CommunityId | null
  readonly field: keyof CommunityAt | keyof NodeAt
  /** Plain JSON; null where there was nothing, and for each field of a community that was not known. */
  readonly before: unknown
  readonly after: unknown
}

/**
 * What changed from one moment to another: the fields whose values differ, the node's first, then community by
 * community. Put in place of those of the one state, the values make the other.
 */
export function diffStates(from: StateAt, to: StateAt): readonly Change[] {
  const communities = new Set([...from.communities.keys(), ...to.communities.keys()])
  return [
    ...changesOf(null, NODE_FIELDS, from.node, to.node),
    ...[...communities].flatMap((communityId) =>
      changesOf(communityId, COMMUNITY_FIELDS, from.communities.get(communityId), to.communities.get(communityId)),
    ),
  ]
}

/** A change in one line, such as `archives: 1 → 2`. */
export function tellChange({ communityId, field, before, after }: Change, times: TimeWords): string {
  const words: Readonly<Record<string, FieldWords<unknown>>> = communityId === null ? NODE_WORDS : COMMUNITY_WORDS
  const { label, tell } = words[field] ?? { label: field, tell: String }
  const told = (value: unknown): string => (value == null ? 'none' : tell(value, times))
  return `${label}: ${told(before)} → ${told(after)}`
}

// The words of a field are asked for with its own values alone.
const COMMUNITY_WORDS = COMMUNITY_FIELDS as unknown as Readonly<Record<string, FieldWords<unknown>>>
const NODE_WORDS = NODE_FIELDS as unknown as Readonly<Record<string, FieldWords<unknown>>>

function changesOf<State extends CommunityAt | NodeAt>(
  communityId: CommunityId | null,
  fields: { readonly [Field in keyof State]: unknown },
  from: State | undefined,
  to: State | undefined,
): readonly Change[] {
  return (Object.keys(fields) as (keyof State & Change['field'])[]).flatMap((field) => {
    const [before, after] = [from?.[field] ?? null, to?.[field] ?? null]
    return areSame(before, after) ? [] : [{ communityId, field, before, after }]
  })
}

/** States are plain JSON, whose members come in one order. */
function areSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
