import { sql as raw, type CompiledQuery, type UpdateObject } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Recorded } from '../events/recorded-event.ts'
import type { ReadModels } from './read-models.ts'
import type { SeedingRole } from './seeding.ts'
import { sql } from './sql.ts'

type About<Type extends string> = Recorded<Extract<Recorded['event'], { readonly type: Type }>>
type Columns = UpdateObject<ReadModels, 'seeding'>

/** What a torrent has no value for while it is not served. */
const NOT_SERVED = { since: null, started_by: null, started_correlation_id: null } as const

/** What a torrent has no value for unless it cannot be served. */
const NOT_FAILED = { code: null, failed_by: null, failed_correlation_id: null } as const

/** What was made or fetched is served next. One that was never served is passed over by it. */
export function next({
  event: { communityId, data },
  id,
  correlationId,
}: About<'ArchiveCreated' | 'DownloadFinished'>): readonly CompiledQuery[] {
  return [
    sql
      .deleteFrom('seeding')
      .where('community_id', '=', communityId)
      .where('role', '=', 'NEXT')
      .where('info_hash', '<>', data.infoHash)
      .compile(),
    sql
      .insertInto('seeding')
      .values({
        community_id: communityId,
        info_hash: data.infoHash,
        role: 'NEXT',
        state: 'WAITING',
        ...NOT_FAILED,
        ...NOT_SERVED,
        retiring_since: null,
        cause: id,
        correlation_id: correlationId,
      })
      // More was fetched of what has its part already, or the community came back to what was on its way out.
      .onConflict((known) =>
        known
          .columns(['community_id', 'info_hash'])
          .doUpdateSet({ role: 'NEXT', retiring_since: null, cause: id, correlation_id: correlationId })
          .where('seeding.role', 'in', ['RETIRING', 'REPLACED']),
      )
      .compile(),
  ]
}

/** Only what is really served has a grace: a torrent that is not is forgotten when its successor is. */
export function forgetFailed({ event: { communityId, data } }: About<'SeedingStarted'>): CompiledQuery {
  return sql
    .deleteFrom('seeding')
    .where('community_id', '=', communityId)
    .where('info_hash', '<>', data.infoHash)
    .where('state', '<>', 'SERVED')
    .where((row) => row.exists(nextTorrent(communityId, data.infoHash)))
    .compile()
}

export function retireServed({ event, id, correlationId, recordedAt }: About<'SeedingStarted'>): CompiledQuery {
  const { communityId, data } = event
  return sql
    .updateTable('seeding')
    .set({
      role: raw<SeedingRole>`iif(role = 'CURRENT', 'RETIRING', 'REPLACED')`,
      retiring_since: raw<UnixMillis>`iif(role = 'CURRENT', ${recordedAt}, retiring_since)`,
      cause: id,
      correlation_id: correlationId,
    })
    .where('community_id', '=', communityId)
    .where('role', 'in', ['CURRENT', 'RETIRING'])
    .where((row) => row.exists(nextTorrent(communityId, data.infoHash)))
    .compile()
}

/** There when the torrent that is served now is the newest, and so moves the roles on. */
function nextTorrent(communityId: CommunityId, infoHash: InfoHash) {
  return sql
    .selectFrom('seeding as next')
    .select('next.role')
    .where('next.community_id', '=', communityId)
    .where('next.info_hash', '=', infoHash)
    .where('next.role', '=', 'NEXT')
}

export function serve({ event, id, correlationId, recordedAt }: About<'SeedingStarted'>): CompiledQuery {
  return change(event.communityId, event.data.infoHash, {
    role: raw<SeedingRole>`iif(role = 'NEXT', 'CURRENT', role)`,
    state: 'SERVED',
    ...NOT_FAILED,
    since: recordedAt,
    started_by: id,
    started_correlation_id: correlationId,
  })
}

/** What cannot be served has failed. What is not served for another reason, and has a part to play, waits. */
export function stop({ event, id, correlationId }: About<'SeedingFailed' | 'Unseeded'>): CompiledQuery {
  const { infoHash, code } = event.data
  const failure = code === null ? NOT_FAILED : { code, failed_by: id, failed_correlation_id: correlationId }
  return change(event.communityId, infoHash, {
    ...NOT_SERVED,
    ...failure,
    state: code === null ? 'WAITING' : 'FAILED',
  })
}

function change(communityId: CommunityId, infoHash: InfoHash, columns: Columns): CompiledQuery {
  return sql
    .updateTable('seeding')
    .set(columns)
    .where('community_id', '=', communityId)
    .where('info_hash', '=', infoHash)
    .compile()
}

/** What was on its way out is out. Damage does not end a grace: what is mended in time is served to its end. */
export function dropRetired({ event: { communityId, data } }: About<'Unseeded'>): CompiledQuery {
  return sql
    .deleteFrom('seeding')
    .where('community_id', '=', communityId)
    .where('info_hash', '=', data.infoHash)
    .where('role', 'in', ['RETIRING', 'REPLACED'])
    .where(raw<boolean>`(role = 'REPLACED' or ${data.reason} <> 'DAMAGED')`)
    .compile()
}

/** Leaving, disabling and withdrawing end grace at once. */
export function endGrace({
  event: { communityId },
  id,
  correlationId,
}: About<'CommunityLeft' | 'ArchivingDisabled' | 'SeedingWithdrawn'>): readonly CompiledQuery[] {
  return [
    sql
      .deleteFrom('seeding')
      .where('community_id', '=', communityId)
      .where('role', '=', 'RETIRING')
      .where('state', '<>', 'SERVED')
      .compile(),
    sql
      .updateTable('seeding')
      .set({
        role: raw<SeedingRole>`iif(role = 'RETIRING', 'REPLACED', role)`,
        cause: id,
        correlation_id: correlationId,
      })
      .where('community_id', '=', communityId)
      .compile(),
  ]
}

export function causeOfCommunity({
  event: { communityId },
  id,
  correlationId,
}: About<'CommunityAdded' | 'ArchivingEnabled' | 'SeedingRequested'>): CompiledQuery {
  return sql
    .updateTable('seeding')
    .set({ cause: id, correlation_id: correlationId })
    .where('community_id', '=', communityId)
    .compile()
}

/** The switches of the node bear on every torrent. */
export function causeOfAll({ id, correlationId }: Recorded): CompiledQuery {
  return sql.updateTable('seeding').set({ cause: id, correlation_id: correlationId }).compile()
}
