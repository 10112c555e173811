import type { CommunityId } from '../../domain/community-id.ts'
import type { RuleName } from './rules.ts'

/** The rule of a field: what checks it, and its name, so that it can be read back from the schema. */
interface Allowed {
  readonly authScopes: (parent: unknown, args: object) => { readonly [Name in RuleName]?: CommunityId | null }
  readonly extensions: Readonly<Record<string, unknown>>
}

/**
 * Lets those through to a field whom a rule names. Each field of Query, Mutation and Subscription has one; all other
 * fields are shown with the object that they belong to.
 *
 * Where the field has an argument `communityId`, the rule is asked about that community.
 *
 * @param more What else is said of the field by its extensions, which would else replace each other.
 */
export function allow(rule: RuleName, more: { readonly extensions?: Readonly<Record<string, unknown>> } = {}): Allowed {
  return {
    authScopes: (_parent, args) => ({ [rule]: communityOf(args) }),
    extensions: { ...more.extensions, rule },
  }
}

/** Whom `node` and `nodes` show objects of a type to. To nobody, where a type says nothing. */
export function shownTo(rule: 'READER' | 'AUDITOR'): { readonly extensions: { readonly rule: RuleName } } {
  return { extensions: { rule } }
}

function communityOf(args: { readonly communityId?: CommunityId | null | undefined }): CommunityId | null {
  return args.communityId ?? null
}
