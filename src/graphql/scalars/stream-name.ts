import { parseCommunityId, type CommunityId } from '../../domain/community-id.ts'
import type { StreamName } from '../../events/recorded-event.ts'

const PREFIX = 'community-'

/** The stream of a community. */
export function communityStream(communityId: CommunityId): StreamName {
  return `${PREFIX}${communityId}` as StreamName
}

/** Parses `node` or `community-<id>`; null for any other text. */
export function parseStreamName(name: string): StreamName | null {
  if (name === 'node') return name as StreamName
  if (!name.startsWith(PREFIX)) return null
  const id = parseCommunityId(name.slice(PREFIX.length))
  return id.ok ? communityStream(id.value) : null
}
