import type { CommunityAt } from '../../src/audit/community-at.ts'
import { unknownCommunity } from '../../src/domain/community.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { CommunityEvent, DomainEvent } from '../../src/domain/events.ts'
import { evolveCommunity } from '../../src/domain/evolve-community.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'

type RecordedOf<Type extends DomainEvent['type']> = Recorded & {
  readonly event: Extract<DomainEvent, { readonly type: Type }>
}

interface Part {
  readonly offset: number
  readonly generation: number
  readonly id: string
  readonly from: number
  readonly to: number
  readonly bytes: number
  readonly messages: number
}

/** What a community was after some events of a log, by looking through all of them for each thing that is asked. */
export function naiveCommunityAt(events: readonly Recorded[], communityId: CommunityId): CommunityAt | null {
  const own = events.filter(({ event }) => 'communityId' in event && event.communityId === communityId)
  const known = own.map(({ event }) => event as CommunityEvent).reduce(evolveCommunity, unknownCommunity)
  if (known.status === 'UNKNOWN') return null
  const lastOf = <Type extends DomainEvent['type']>(...types: readonly Type[]): RecordedOf<Type> | undefined =>
    own.findLast((each): each is RecordedOf<Type> => (types as readonly string[]).includes(each.event.type))
  const added = lastOf('CommunityAdded')
  const left = lastOf('CommunityLeft')
  const run = lastOf('ArchiveCreationStarted', 'ArchiveCreated', 'NoArchiveCreated')
  const end = lastOf('ArchiveCreationStarted', 'ArchiveCreated', 'NoArchiveCreated', 'ArchiveCreationFailed')?.event
  const parts = partsOf(own.slice(own.findLastIndex(({ event }) => event.type === 'CommunityPurged') + 1))
  const { membership, torrents, parking } = known
  return {
    status: known.status,
    role: known.role,
    addedAt: added?.recordedAt ?? (0 as never),
    leftAt: left !== undefined && left.position > (added?.position ?? 0) ? left.recordedAt : null,
    purgedAt: lastOf('CommunityPurged')?.recordedAt ?? null,
    forgottenAt: lastOf('CommunityForgotten')?.recordedAt ?? null,
    archiving: known.archiving,
    seeding: known.seeding,
    contentTopics: known.contentTopics,
    ...known.settings,
    archives: parts.length,
    messages: parts.reduce((sum, { messages }) => sum + messages, 0),
    archiveBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    coveredFrom: parts.length === 0 ? null : (Math.min(...parts.map(({ from }) => from)) as never),
    coveredTo: parts.length === 0 ? null : (Math.max(...parts.map(({ to }) => to)) as never),
    archivedUpTo: known.archivedUpTo,
    newestTorrent: torrents.newest,
    currentTorrent: torrents.current,
    retiringTorrent: torrents.retiring,
    servedTorrents: [...torrents.served],
    failedTorrents: [...torrents.failed].map(([infoHash, code]) => ({ infoHash, code })),
    linkTorrent: membership.link?.infoHash ?? null,
    linkClock: membership.link?.clock ?? null,
    linkMagnetUri: membership.link?.magnetUri ?? null,
    follows: [...membership.follows.keys()],
    downloadTorrent: membership.download?.infoHash ?? null,
    downloadFailure: membership.download?.failure ?? null,
    waitingArchives: membership.waiting,
    quarantinedArchives: membership.quarantined,
    missingArchives: membership.missing,
    isImporting: membership.import !== null,
    parked: [...parking.parked.keys()].flatMap((reactor) => {
      const told = own.findLast(({ event }) => event.type === 'ReactorParked' && event.data.reactor === reactor)
      return told?.event.type === 'ReactorParked' ? [{ ...told.event.data, since: told.recordedAt }] : []
    }),
    skipped: [...parking.skipped],
    lastRun: end === undefined ? null : STATUS[end.type],
    lastRunFrom: run?.event.data.from ?? null,
    lastRunTo: run?.event.data.to ?? null,
    lastRunCode: end?.type === 'ArchiveCreationFailed' ? end.data.code : null,
  }
}

const STATUS = {
  ArchiveCreationStarted: 'RUNNING',
  ArchiveCreated: 'ARCHIVED',
  NoArchiveCreated: 'EMPTY',
  ArchiveCreationFailed: 'FAILED',
} as const

/** The archives of the newest `data`: of those at one offset the newest, with what the last import took from it. */
function partsOf(own: readonly Recorded[]): readonly Part[] {
  const told = own.flatMap(({ event, position }): (Part & { readonly at: number })[] => {
    if (event.type === 'ArchiveCreated') {
      const { generation, archives } = event.data
      return archives.map((each) => ({ ...each, generation, bytes: each.rawBytes, at: position }))
    }
    if (event.type !== 'ArchiveDownloaded') return []
    const { generation, archive } = event.data
    const imported = own.findLast(
      (each) =>
        each.position > position && each.event.type === 'ArchiveImported' && each.event.data.archiveId === archive.id,
    )
    const messages = imported?.event.type === 'ArchiveImported' ? imported.event.data.messages : 0
    return [{ ...archive, generation, bytes: archive.sizeBytes - archive.paddingBytes, messages, at: position }]
  })
  const newest = told.findLastIndex(
    (part, index) => part.generation !== told[index + 1]?.generation && index < told.length - 1,
  )
  const ofNewest = told.slice(newest + 1)
  return ofNewest.filter(({ offset }, index) => ofNewest.findLastIndex((other) => other.offset === offset) === index)
}
