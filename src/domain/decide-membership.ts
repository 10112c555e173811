import type {
  AddCommunity,
  ChangeContentTopics,
  ChangeSettings,
  DisableArchiving,
  EnableArchiving,
  ForgetCommunity,
  LeaveCommunity,
  PurgeCommunity,
} from './commands.ts'
import type { CommunityId } from './community-id.ts'
import { areSameSettings, checkSettings } from './community-settings.ts'
import type { Community, Decision, KnownCommunity } from './community.ts'
import { endDownload } from './decide-downloads.ts'
import { MAX_CONTENT_TOPICS, type ContentTopic } from './content-topic.ts'
import type { CommunityEvent } from './events.ts'
import type { HistoryIncomplete } from './member-refusals.ts'
import type { CommunityNotLeft, ContentTopicRepeated, StillServed, TooManyContentTopics } from './refusals.ts'
import { err, ok, type Result } from './result.ts'

export function addCommunity(command: AddCommunity, community: Community): Decision {
  const { communityId, role, contentTopics, archiving } = command
  if (community.status === 'ADDED') {
    return isAsWished(command, community) ? ok([]) : err({ type: 'CommunityAlreadyAdded', role: community.role })
  }
  const topics = checkContentTopics(contentTopics)
  if (!topics.ok) return topics
  const incomplete = role === 'CONTROL_NODE' && community.status === 'LEFT' ? incompleteHistory(community) : null
  if (incomplete !== null) return err(incomplete)
  const before = community.status === 'LEFT' ? community.contentTopics : []
  const events: CommunityEvent[] = [{ type: 'CommunityAdded', communityId, data: { role } }]
  if (!equal(before, contentTopics)) events.push({ type: 'ContentTopicsChanged', communityId, data: { contentTopics } })
  if (archiving) events.push({ type: 'ArchivingEnabled', communityId, data: {} })
  return ok(events)
}

/** Who takes a history over as its control node packs what is in the message store: nothing else would be told of again. */
function incompleteHistory({ membership, torrents }: KnownCommunity): HistoryIncomplete | null {
  const { hasFiles, link, waiting, missing } = membership
  if (!hasFiles) return null
  const isNewestHere = link === null || link.infoHash === torrents.newest
  return isNewestHere && waiting === 0 && missing === 0 ? null : { type: 'HistoryIncomplete', waiting, missing }
}

/** Not asking for archiving is no wish against it. */
function isAsWished({ role, contentTopics, archiving }: AddCommunity, community: KnownCommunity): boolean {
  const hasArchiving = !archiving || community.archiving === 'ENABLED'
  return community.role === role && hasArchiving && equal(community.contentTopics, contentTopics)
}

export function leaveCommunity({ communityId }: LeaveCommunity, community: KnownCommunity): Decision {
  if (community.status === 'LEFT') return ok([])
  const stopped = [...stopRun(communityId, community), ...endDownload(communityId, community.membership, 'LEFT')]
  return ok([...stopped, { type: 'CommunityLeft', communityId, data: {} }])
}

/** Only once nothing of it can be served or packed any more; a second time there is nothing left to delete or forget. */
export function purgeCommunity({ communityId }: PurgeCommunity, community: KnownCommunity): Decision {
  const bar = barToPurging(community.status, community.torrents.served.size)
  if (bar !== null) return err(bar)
  return ok(isPurged(community) ? [] : [{ type: 'CommunityPurged', communityId, data: {} }])
}

/** Nothing was packed, fetched or followed since it was purged the last time. */
function isPurged({ archivedUpTo, membership: { hasFiles, follows } }: KnownCommunity): boolean {
  return archivedUpTo === null && !hasFiles && follows.size === 0
}

/** Only what was purged: forgetting takes the messages, from which its archives could have been made again. */
export function forgetCommunity({ communityId }: ForgetCommunity, community: KnownCommunity): Decision {
  const bar = barToPurging(community.status, community.torrents.served.size)
  if (bar !== null) return err(bar)
  if (!isPurged(community)) return err({ type: 'CommunityNotPurged' })
  return ok(community.isForgotten ? [] : [{ type: 'CommunityForgotten', communityId, data: {} }])
}

/** What keeps the files of a community from being deleted; null when nothing does. */
export function barToPurging(
  status: KnownCommunity['status'],
  servedTorrents: number,
): CommunityNotLeft | StillServed | null {
  if (status !== 'LEFT') return { type: 'CommunityNotLeft' }
  return servedTorrents > 0 ? { type: 'StillServed' } : null
}

export function changeSettings({ communityId, changes }: ChangeSettings, community: KnownCommunity): Decision {
  if (community.status === 'LEFT') return err({ type: 'CommunityWasLeft' })
  const settings = { ...community.settings, ...changes }
  const checked = checkSettings(settings)
  if (!checked.ok) return checked
  if (areSameSettings(community.settings, settings)) return ok([])
  return ok([{ type: 'SettingsChanged', communityId, data: settings }])
}

export function changeContentTopics(command: ChangeContentTopics, community: KnownCommunity): Decision {
  const { communityId, contentTopics } = command
  if (community.status === 'LEFT') return err({ type: 'CommunityWasLeft' })
  const topics = checkContentTopics(contentTopics)
  if (!topics.ok) return topics
  if (equal(community.contentTopics, contentTopics)) return ok([])
  return ok([{ type: 'ContentTopicsChanged', communityId, data: { contentTopics } }])
}

export function enableArchiving({ communityId }: EnableArchiving, community: KnownCommunity): Decision {
  if (community.status === 'LEFT') return err({ type: 'CommunityWasLeft' })
  return ok(community.archiving === 'ENABLED' ? [] : [{ type: 'ArchivingEnabled', communityId, data: {} }])
}

export function disableArchiving({ communityId }: DisableArchiving, community: KnownCommunity): Decision {
  if (community.status === 'LEFT') return err({ type: 'CommunityWasLeft' })
  if (community.archiving === 'DISABLED') return ok([])
  return ok([...stopRun(communityId, community), { type: 'ArchivingDisabled', communityId, data: {} }])
}

/** A run does not outlive the opt-in that it was started under. */
function stopRun(communityId: CommunityId, { run }: KnownCommunity): readonly CommunityEvent[] {
  if (run === null) return []
  return [{ type: 'ArchiveCreationFailed', communityId, data: { runId: run.runId, code: 'STOPPED', numbers: {} } }]
}

function checkContentTopics(
  topics: readonly ContentTopic[],
): Result<null, ContentTopicRepeated | TooManyContentTopics> {
  if (topics.length > MAX_CONTENT_TOPICS) return err({ type: 'TooManyContentTopics', limit: MAX_CONTENT_TOPICS })
  const repeated = topics.find((topic, index) => topics.indexOf(topic) !== index)
  return repeated === undefined ? ok(null) : err({ type: 'ContentTopicRepeated', contentTopic: repeated })
}

/** Order counts: archives name the topics in the community's order. */
function equal(left: readonly ContentTopic[], right: readonly ContentTopic[]): boolean {
  return left.length === right.length && left.every((topic, index) => topic === right[index])
}
