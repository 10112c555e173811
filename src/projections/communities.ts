import { sql as raw, type CompiledQuery, type UpdateObject } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import { defaultSettings } from '../domain/community-settings.ts'
import type { KnownCommunity } from '../domain/community.ts'
import type { ArchiveCreationFailed, Role } from '../domain/events.ts'
import type { ArchiveFailureCode } from '../domain/failure-codes.ts'
import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import type { Projection } from '../events/projection.ts'
import type { Recorded } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import { sql } from './sql.ts'

export {
  countCommunities,
  readCommunities,
  readCommunity,
  readHighestRecordedUpTo,
  readUploadLimits,
  type CommunityPage,
  type CommunityRow,
} from './read-communities.ts'

export interface CommunitiesTable {
  readonly community_id: CommunityId
  readonly status: KnownCommunity['status']
  readonly role: Role
  /** A JSON array of texts, in the community's order. */
  readonly content_topics: string
  /** A JSON object. */
  readonly settings: string
  readonly archiving: KnownCommunity['archiving']
  readonly seeding: KnownCommunity['seeding']
  readonly archived_up_to: UnixSeconds | null
  readonly recorded_up_to: number
  /** Runs that failed since one ended well. When the last of them did, and why; null where there is none. */
  readonly failed_runs: number
  readonly failed_at: UnixMillis | null
  readonly failed_code: ArchiveFailureCode | null
  readonly added_at: UnixMillis
  readonly left_at: UnixMillis | null
  readonly purged_at: UnixMillis | null
  readonly forgotten_at: UnixMillis | null
}

/** The state of each community that was ever added. Key: community. */
export const communities = {
  name: 'communities',
  version: 1,
  tables: ['communities'],
  create: [
    raw`create table communities (
      community_id text primary key,
      status text not null,
      role text not null,
      content_topics text not null,
      settings text not null,
      archiving text not null,
      seeding text not null,
      archived_up_to integer,
      recorded_up_to integer not null,
      failed_runs integer not null,
      failed_at integer,
      failed_code text,
      added_at integer not null,
      left_at integer,
      purged_at integer,
      forgotten_at integer
    ) strict, without rowid`.compile(sql),
  ],
  on: {
    CommunityAdded: ({ event: { communityId, data }, recordedAt }) => [added(communityId, data.role, recordedAt)],
    CommunityLeft: ({ event, recordedAt }) => [change(event, { status: 'LEFT', left_at: recordedAt })],
    CommunityPurged: ({ event, recordedAt }) => [change(event, { ...NO_HISTORY, purged_at: recordedAt })],
    CommunityForgotten: ({ event, recordedAt }) => [
      change(event, { forgotten_at: recordedAt, content_topics: '[]', settings: canonicalJson(defaultSettings) }),
    ],
    SettingsChanged: ({ event }) => [change(event, { settings: canonicalJson(event.data), ...FORGIVEN })],
    ContentTopicsChanged: ({ event }) => [change(event, { content_topics: JSON.stringify(event.data.contentTopics) })],
    ArchivingEnabled: ({ event }) => [change(event, { archiving: 'ENABLED', ...FORGIVEN })],
    ArchivingDisabled: ({ event }) => [change(event, { archiving: 'DISABLED' })],
    SeedingRequested: ({ event }) => [change(event, { seeding: 'REQUESTED', ...FORGIVEN })],
    SeedingWithdrawn: ({ event }) => [change(event, { seeding: 'WITHDRAWN' })],
    ArchiveCreated: ({ event }) => [change(event, endedWell(event.data))],
    NoArchiveCreated: ({ event }) => [change(event, endedWell(event.data))],
    ArchiveCreationFailed: (recorded) => [failed(recorded)],
    // What runs packed before is no part of what was fetched.
    DownloadFinished: ({ event }) => [change(event, { archived_up_to: null, recorded_up_to: 0 })],
  },
} satisfies Projection

/** A wish that changed lets the next run be tried at once: the last one failed as good as long ago. */
const FORGIVEN = { failed_at: raw<UnixMillis | null>`iif(failed_at is null, null, 0)` }

/** Nothing is archived, and no run says anything about the next. */
const NO_HISTORY = {
  archived_up_to: null,
  recorded_up_to: 0,
  failed_runs: 0,
  failed_at: null,
  failed_code: null,
} as const

const NEW = { content_topics: '[]', settings: canonicalJson(defaultSettings), ...NO_HISTORY } as const

/** In the order of the keys as before, so that the text stays canonical. */
const KEPT_SETTINGS = raw<string>`json_replace(settings, '$.publicMagnetlinks', null)`

/** Topics, settings and archived range are kept over a leave; wishes begin anew, and the links are public no more. */
function added(communityId: CommunityId, role: Role, addedAt: UnixMillis): CompiledQuery {
  const anew = {
    status: 'ADDED',
    role,
    archiving: 'DISABLED',
    seeding: 'REQUESTED',
    added_at: addedAt,
    left_at: null,
    purged_at: null,
    forgotten_at: null,
  } as const
  return sql
    .insertInto('communities')
    .values({ community_id: communityId, ...NEW, ...anew })
    .onConflict((row) => row.column('community_id').doUpdateSet({ ...anew, settings: KEPT_SETTINGS }))
    .compile()
}

function endedWell({ to, recordedUpTo }: { readonly to: UnixSeconds; readonly recordedUpTo: number }): Columns {
  return { archived_up_to: to, recorded_up_to: recordedUpTo, failed_runs: 0, failed_at: null, failed_code: null }
}

/** A run that somebody stopped says nothing about the next, so it does not count. */
function failed({ event, recordedAt }: Recorded<ArchiveCreationFailed>): CompiledQuery {
  const { code } = event.data
  const counts = code !== 'STOPPED'
  return change(event, {
    failed_runs: raw`failed_runs + ${counts ? 1 : 0}`,
    failed_at: raw`coalesce(${counts ? recordedAt : null}, failed_at)`,
    failed_code: raw`coalesce(${counts ? code : null}, failed_code)`,
  })
}

type Columns = UpdateObject<ReadModels, 'communities'>

function change({ communityId }: { readonly communityId: CommunityId }, columns: Columns): CompiledQuery {
  return sql.updateTable('communities').set(columns).where('community_id', '=', communityId).compile()
}
