import type { CommunityId } from '../../src/domain/community-id.ts'
import type { SeedingFailureCode } from '../../src/domain/failure-codes.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { evolveNode, newNode, type NodeState } from '../../src/domain/node.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { EventLog } from '../../src/events/event-log.ts'
import type { Position, Recorded } from '../../src/events/recorded-event.ts'
import { noPast, remember, type CommunityPast } from './community-past.ts'

/** Why a community that has an archive may be unserved, all of it in the log and not undone. */
export type RecordedReason =
  'LEFT' | 'DISABLED' | 'REQUESTED' | 'PROTOCOL_DISABLED' | 'OFFLINE' | 'CLIENT_DOWN' | SeedingFailureCode

/**
 * Watches over a simulated node that no community goes dark.
 *
 * From its first `ArchiveCreated` on, a community is served at every moment that a process runs, unless the log names a
 * reason that is in force: a switch that is off, a torrent client that is down, or that its newest torrent failed.
 * Where the node rests, what the log calls served and what the client serves are the same; and as the clock of a
 * simulation moves only while the node rests, that is all of time. Where it acts, no torrent is dropped as the last one
 * of its community without such a reason, so that there is no dark moment between two rests either.
 */
export interface LightWatch {
  /** The node rests, at this time by its clock. */
  look(log: EventLog, active: ReadonlySet<InfoHash>, now: UnixMillis): Promise<void>
  dropped(log: EventLog, infoHash: InfoHash, active: ReadonlySet<InfoHash>, now: UnixMillis): Promise<void>
  /** Every moment that broke a promise. */
  readonly complaints: readonly string[]
  /**
   * Torrents that were dropped where the log does not tell how long their grace was: its time stands still while the clock
   * is set back behind it, and a grace goes by the clock.
   */
  readonly untimed: ReadonlySet<InfoHash>
  /** How often the node rested with a community that was served, or for what it was not. */
  readonly rests: ReadonlyMap<'SERVED' | RecordedReason, number>
}

export function createLightWatch(): LightWatch {
  const complaints: string[] = []
  const rests = new Map<'SERVED' | RecordedReason, number>()
  const pasts = new Map<CommunityId, CommunityPast>()
  const untimed = new Set<InfoHash>()
  /** Times at which the log stood still. */
  const standstills = new Set<number>()
  let node = newNode
  let seen = 0 as Position
  let seenAt = 0 as UnixMillis

  function take({ event, ...rest }: Recorded): void {
    seen = rest.position
    seenAt = rest.recordedAt
    if (!('communityId' in event)) {
      node = evolveNode(node, event)
      return
    }
    const past = pasts.get(event.communityId) ?? noPast()
    pasts.set(event.communityId, past)
    remember(past, { ...rest, event })
  }

  async function catchUp(log: EventLog, now: UnixMillis): Promise<void> {
    while (log.head() > seen) (await log.read({ after: seen, limit: 1000 })).forEach(take)
    if (now < seenAt) standstills.add(seenAt)
  }

  return {
    complaints,
    untimed,
    rests,
    async look(log, active, now) {
      await catchUp(log, now)
      for (const [communityId, past] of pasts) {
        if (past.created.length === 0) continue
        const reason = reasonOf(past, node)
        const served = past.created.filter((infoHash) => active.has(infoHash))
        const isDown = node.torrentClient === 'DOWN'
        if (!isDown && !isSame(served, past.served))
          complaints.push(`at ${seen} ${communityId} is not served as recorded`)
        if (served.length === 0 && reason === null) complaints.push(`at ${seen} ${communityId} is dark`)
        if (node.runId === null) complaints.push(`at ${seen} nobody runs`)
        const state = served.length > 0 ? 'SERVED' : reason
        if (state !== null) rests.set(state, (rests.get(state) ?? 0) + 1)
      }
    },
    async dropped(log, infoHash, active, now) {
      await catchUp(log, now)
      for (const [communityId, past] of pasts) {
        const replacedAt = past.replacedAt.get(infoHash)
        if (replacedAt !== undefined && (now < seenAt || standstills.has(replacedAt))) untimed.add(infoHash)
        const isLast = past.created.includes(infoHash) && !past.created.some((other) => active.has(other))
        if (isLast && reasonOf(past, node) === null) {
          complaints.push(`at ${seen} ${communityId} goes dark: ${infoHash} was its last torrent`)
        }
      }
    },
  }
}

function reasonOf(past: CommunityPast, node: NodeState): RecordedReason | null {
  if (!past.isAdded) return 'LEFT'
  if (!past.isArchiving) return 'DISABLED'
  if (past.isWithdrawn) return 'REQUESTED'
  if (node.protocol === 'DISABLED') return 'PROTOCOL_DISABLED'
  if (node.network === 'OFFLINE') return 'OFFLINE'
  if (node.torrentClient === 'DOWN') return 'CLIENT_DOWN'
  const newest = past.created.at(-1)
  return ((newest && past.failed.get(newest)) as SeedingFailureCode | undefined) ?? null
}

function isSame(served: readonly InfoHash[], recorded: ReadonlySet<InfoHash>): boolean {
  return served.length === recorded.size && served.every((infoHash) => recorded.has(infoHash))
}
