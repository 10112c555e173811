import type { Kysely } from 'kysely'
import type { CommunityId } from '../domain/community-id.ts'
import { isDamage } from '../domain/failure-codes.ts'
import type { ParkableReactor } from '../domain/parking-events.ts'
import { readLeftAlone } from '../projections/parked.ts'
import type { ReadModels } from '../projections/read-models.ts'
import { readSeeding, type SeedingRow } from '../projections/read-seeding.ts'
import type { AttemptsPorts, GivenUp } from '../reactors/attempts.ts'
import type { RecordOutcome } from '../reactors/record.ts'

/** Records that a reactor gives its work for a community up. A refusal means that nobody wants the work any more. */
export function giveUpAs(reactor: ParkableReactor, record: RecordOutcome): AttemptsPorts['giveUp'] {
  return async ({ communityId, code, failures, cause, correlationId }) =>
    record({ type: 'ParkReactor', communityId, reactor, code, failures }, { cause, correlationId })
}

/**
 * Whether seeding may be given up: damage is for repairing to judge, as long as it tries to mend it. So one trouble is
 * given up once.
 */
export function mayGiveUpSeeding({ code, communityId }: GivenUp, isMending: (id: CommunityId) => boolean): boolean {
  return !(isDamageCode(code) && isMending(communityId))
}

function isDamageCode(code: string): boolean {
  return isDamage(code as Parameters<typeof isDamage>[0])
}

/** What is left of the work of a reactor without the communities that it leaves alone. */
export async function withoutLeftAlone<Row extends { readonly communityId: CommunityId }>(
  db: Kysely<ReadModels>,
  reactor: ParkableReactor,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  if (rows.length === 0) return rows
  const isLeftAlone = await readLeftAlone(db)
  return rows.filter(({ communityId }) => !isLeftAlone(reactor, communityId))
}

/** A torrent, and whether it was given up: it is left alone until it has a new chance. */
export type TendedTorrent = SeedingRow & { readonly isLeftAlone: boolean }

/**
 * The torrents of all communities, and which of them are left alone: those that failed, and a new one that was never served.
 * What was served is served again, whatever became of its successor. Damaged files that nobody mends any more are not tried.
 */
export async function readTendedTorrents(db: Kysely<ReadModels>): Promise<readonly TendedTorrent[]> {
  const isGivenUp = await readLeftAlone(db)
  const isLeftAlone = ({ communityId, role, state, code }: SeedingRow): boolean => {
    if (code !== null && isDamage(code) && isGivenUp('repairing', communityId)) return true
    return (state === 'FAILED' || role === 'NEXT') && isGivenUp('seeding', communityId)
  }
  return (await readSeeding(db)).map((torrent) => ({ ...torrent, isLeftAlone: isLeftAlone(torrent) }))
}
