import type { UnixMillis, UnixSeconds } from '../domain/time.ts'
import type { Position } from '../events/recorded-event.ts'
import type { CommunityAt } from './community-at.ts'
import type { StateAt } from './fold-log.ts'
import type { NodeAt } from './node-at.ts'

/** A state for programs: times as ISO 8601 in UTC, as those of events are; clocks are the numbers that they are in messages. */
export function stateJson({ node, communities }: StateAt, position: Position): object {
  const known = [...communities].map(([communityId, community]) => ({ communityId, ...communityJson(community) }))
  return { position, node: nodeJson(node), communities: known }
}

function nodeJson(node: NodeAt): object {
  const { startedAt, stoppedAt, checkpointAt, restoredAt, tokens } = node
  return {
    ...node,
    startedAt: ofMillis(startedAt),
    stoppedAt: ofMillis(stoppedAt),
    checkpointAt: ofMillis(checkpointAt),
    restoredAt: ofMillis(restoredAt),
    tokens: tokens.map((token) => ({ ...token, expiresAt: ofMillis(token.expiresAt) })),
  }
}

function communityJson(community: CommunityAt): object {
  return {
    ...community,
    addedAt: ofMillis(community.addedAt),
    leftAt: ofMillis(community.leftAt),
    purgedAt: ofMillis(community.purgedAt),
    forgottenAt: ofMillis(community.forgottenAt),
    coveredFrom: ofSeconds(community.coveredFrom),
    coveredTo: ofSeconds(community.coveredTo),
    archivedUpTo: ofSeconds(community.archivedUpTo),
    parked: community.parked.map((parked) => ({ ...parked, since: ofMillis(parked.since) })),
    lastRunFrom: ofSeconds(community.lastRunFrom),
    lastRunTo: ofSeconds(community.lastRunTo),
  }
}

function ofMillis(millis: UnixMillis | null): string | null {
  return millis === null ? null : new Date(millis).toISOString()
}

function ofSeconds(second: UnixSeconds | null): string | null {
  return second === null ? null : new Date(second * 1000).toISOString()
}
