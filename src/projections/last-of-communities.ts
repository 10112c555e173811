import { sql as raw, type RawBuilder } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'

/**
 * Whether a row of the table is the one of its community that came last: the end of an index, where grouping would read all
 * rows. The columns are `community_id` and `position`.
 */
export function isLastOfCommunity(
  table: 'runs' | 'downloads' | 'imports',
  communityIds: readonly CommunityId[],
): RawBuilder<boolean> {
  return raw<boolean>`(community_id, position) in (
    select communities.community_id, (
      select max(other.position) from ${raw.table(table)} as other where other.community_id = communities.community_id
    )
    from communities where communities.community_id in (${raw.join(communityIds)})
  )`
}
