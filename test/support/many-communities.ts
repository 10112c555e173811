import type { ArchiveId } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { CommunityEvent } from '../../src/domain/events.ts'
import type { EventLog } from '../../src/events/event-log.ts'
import { streamOf } from '../../src/events/recorded-event.ts'
import * as facts from './community-facts.ts'
import { FACTS_CORRELATION_ID } from './record-facts.ts'
import { valueOf } from './value-of.ts'

const META = { actor: 'local', correlationId: FACTS_CORRELATION_ID, causationId: null } as const

/** The n-th community, in the order of their ids. */
export function communityId(n: number): CommunityId {
  return `0x${n.toString(16).padStart(64, '0')}` as CommunityId
}

/** Records communities that each seed and announced one torrent of so many archives, all in one transaction. */
export async function recordCommunities(log: EventLog, communities: number, archives: number): Promise<void> {
  const outcomes = await log.append(
    Array.from({ length: communities }, (_, n) => {
      const events = pastOf(n, archives)
      return { stream: streamOf(events[0]), expectedVersion: 0, events, meta: META, receipt: null }
    }),
  )
  outcomes.forEach(valueOf)
}

function pastOf(n: number, archives: number): readonly [CommunityEvent, ...CommunityEvent[]] {
  const ofCommunity = { communityId: communityId(n) }
  const started = facts.archiveCreationStarted(1)
  const created = facts.archiveCreated(1)
  const runId = facts.runId(n)
  return [
    { ...facts.communityAdded(), ...ofCommunity },
    { ...facts.contentTopicsChanged(), ...ofCommunity },
    { ...facts.archivingEnabled, ...ofCommunity },
    { ...started, ...ofCommunity, data: { ...started.data, runId } },
    { ...created, ...ofCommunity, data: { ...created.data, runId, archives: manyOf(created.data.archives, archives) } },
    { ...facts.seedingStarted(1), ...ofCommunity },
    { ...facts.magnetlinkDispatched(1, 1 + n), ...ofCommunity },
  ]
}

type Archives = ReturnType<typeof facts.archiveCreated>['data']['archives']

function manyOf(archives: Archives, count: number): Archives {
  return Array.from({ length: count }, (_, n) =>
    archives.map((archive) => ({
      ...archive,
      id: `0x${n.toString(16).padStart(64, '0')}` as ArchiveId,
      offset: n * (archive.rawBytes + archive.paddingBytes),
    })),
  ).flat()
}
