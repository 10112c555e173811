import type { CommunityId } from './community-id.ts'

/** Something that happened to a community, in the stream `community-<id>`. */
export interface Fact<Type extends string, Data> {
  readonly type: Type
  readonly communityId: CommunityId
  readonly data: Data
}

/** Something that happened to the whole node, in the stream `node`. */
export interface NodeFact<Type extends string, Data> {
  readonly type: Type
  readonly data: Data
}

/** A fact that needs no more words than its name. */
export type Nothing = Readonly<Record<never, never>>
