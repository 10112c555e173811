import type { CommunityId } from './community-id.ts'

/** A wish about one community. Names that begin with Record tell what was observed. */
export interface Wish<Type extends string> {
  readonly type: Type
  readonly communityId: CommunityId
}
