import type { Role as RoleValue } from '../../domain/events.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { AccessRole } from '../scalars/access-role.ts'
import { Role } from '../scalars/role.ts'
import type { Scalars } from '../scalars/scalars.ts'
import type { WishRefusal } from '../wishes.ts'

export type RefusalType = WishRefusal['type']
export type RefusalOf<Type extends RefusalType> = Extract<WishRefusal, { readonly type: Type }>

/** How one value of a refusal is shown. */
export interface RefusalField<Refusal> {
  readonly type: keyof Scalars | 'Int' | 'String' | typeof Role | typeof AccessRole
  readonly description: string
  readonly resolve: (refusal: Refusal) => unknown
}

/** How a refusal is shown to clients. */
export interface RefusalSpec<Refusal> {
  readonly description: string
  /** What was wrong, where, and what would be right. `where` names the community, or the node. */
  readonly message: (refusal: Refusal, where: string) => string
  /** One for each value that the refusal holds. */
  readonly fields: { readonly [Name in Exclude<keyof Refusal, 'type'>]: RefusalField<Refusal> }
}

/** The refusals of these names, each with how it is shown. */
export type RefusalSpecs<Type extends RefusalType> = { readonly [Each in Type]: RefusalSpec<RefusalOf<Each>> }

/** The value of each type that a field of a refusal can have. */
type Shown = { readonly [Name in keyof Scalars]: Scalars[Name]['Output'] } & {
  readonly Int: number
  readonly String: string
}

/** A field of a scalar type. */
export function field<Name extends keyof Shown, Refusal>(
  type: Name,
  description: string,
  resolve: (refusal: Refusal) => Shown[Name],
): RefusalField<Refusal> {
  return { type, description, resolve }
}

/** A field that tells a time. */
export function timeField<Refusal>(
  description: string,
  resolve: (refusal: Refusal) => UnixMillis,
): RefusalField<Refusal> {
  return field('DateTime', description, resolve)
}

/** A field that tells a role. */
export function roleField<Refusal>(
  description: string,
  resolve: (refusal: Refusal) => RoleValue,
): RefusalField<Refusal> {
  return { type: Role, description, resolve }
}
