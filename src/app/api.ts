import { createEarlierAnswerFinder } from '../commands/earlier-answer.ts'
import type { CommandMeta } from '../commands/command-meta.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { NodeDefaults } from '../domain/community-settings.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { GraphqlPorts } from '../graphql/context.ts'
import type { Wishes } from '../graphql/wishes.ts'
import { readLastTakeover } from '../projections/imports.ts'
import { readCommunity } from '../projections/communities.ts'
import { readLastClock } from '../projections/magnetlinks.ts'
import { readNode } from '../projections/nodes.ts'
import { readCommunitySeeding } from '../projections/read-seeding.ts'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import { createCreateToken } from './access/create-token.ts'
import { createSignCheckpoint } from './audit/sign-checkpoint.ts'
import { createCheckSpace } from './packing/check-space.ts'
import { createDispatchAgain } from './wishes/dispatch-again.ts'
import { eraseCommunity } from './wishes/erase-community.ts'
import { forgetBeside } from './wishes/forget-beside.ts'
import { createForgetCommunity } from './wishes/forget-community.ts'
import { createPurgeCommunity } from './wishes/purge-community.ts'
import { createEvidenceReader } from './diagnosis.ts'
import type { Members } from './members.ts'
import type { Reactors } from './reactors.ts'
import { createRebuildProjections, type Rebuilds } from './rebuild/rebuilds.ts'
import { createRecordMessages } from './recording/record-messages.ts'
import type { RecordingBursts } from './schedule/recording-bursts.ts'
import { countLate, createScheduleReader } from './schedule/schedules.ts'
import type { ReadDiskUse } from './packing/disk-use.ts'
import { createSpacePorts } from './space-ports.ts'
import type { Stores } from './stores.ts'
import type { Verifications } from './verification/verifications.ts'
import { createVerifyArchives } from './verification/verify-wish.ts'
import { answerInTurn } from './wishes/answer-in-turn.ts'
import type { Webhooks } from './webhooks/start-webhooks.ts'
import { createWebhookReader } from './webhooks/webhook-reader.ts'
import { createWebhookWishes } from './webhooks/webhook-wishes.ts'
import { createMemberWishes } from './wishes/member-wishes.ts'
import { createAddCommunity, createCreateArchive } from './wishes/wishes.ts'

export interface ApiParts {
  readonly watch: NonNullable<GraphqlPorts['watch']>
  readonly authenticate: GraphqlPorts['authenticate']
  readonly stores: Stores
  readonly client: TorrentClient
  readonly reactors: Pick<Reactors, 'wakeSchedules'>
  readonly bursts: RecordingBursts
  readonly verifications: Verifications
  readonly rebuilds: Rebuilds
  readonly members: Members
  readonly readDiskUse: ReadDiskUse
  readonly readLimits: GraphqlPorts['readLimits']
  readonly webhooks: Pick<Webhooks, 'wake'>
  /** The announce URLs of a community, from what was chosen for it. */
  readonly trackersOf: (chosen: readonly string[] | null) => readonly string[]
  /** Where others reach this node over HTTP; null where they cannot. */
  readonly publicUrl: string | null
  readonly defaultSettings: NodeDefaults
  /** Whether archives are created by themselves. */
  readonly isScheduled: boolean
  readonly version: string
  readonly now: () => UnixMillis
  readonly logFault: GraphqlPorts['logFault']
}

/** What the API asks of the rest of the node. */
export function createApiPorts(parts: ApiParts): GraphqlPorts {
  const { stores, client, version, now, logFault } = parts
  const { log, db, execute, messages, restores } = stores
  return {
    authenticate: parts.authenticate,
    watch: parts.watch,
    execute,
    db,
    log,
    restores,
    wishes: createWishes(parts),
    torrentStats: () => client.stats(),
    torrentClient: () => ({
      status: client.port === null ? 'DOWN' : 'UP',
      port: client.port,
      ...client.openFiles(),
    }),
    readLimits: parts.readLimits,
    verifications: parts.verifications,
    rebuilds: parts.rebuilds,
    members: { ...parts.members.reader, readEvidence: createEvidenceReader({ db, now, ...parts.members.reader }) },
    webhooks: createWebhookReader(db, stores.webhooks),
    defaultSettings: parts.defaultSettings,
    readSchedule: createScheduleReader({ db, messages, now, isSwitchedOn: parts.isScheduled }),
    countLate: (community) => countLate(community, messages),
    version,
    now,
    logFault,
  }
}

function createWishes(parts: ApiParts): Wishes {
  const { stores, reactors, bursts, trackersOf, publicUrl, logFault: onFault } = parts
  const ports = {
    ...stores,
    ...createWishReads(parts),
    trackersOf,
    publicUrl,
    onFault,
    findEarlierAnswer: createEarlierAnswerFinder(stores.log),
    checkSpace: createCheckSpace({
      messages: stores.messages,
      ...createSpacePorts(stores, trackersOf, parts.readDiskUse),
    }),
    onRecorded: (communityId: CommunityId) => {
      bursts.note(communityId)
      reactors.wakeSchedules()
    },
  }
  return answerInTurn({
    ...createMemberWishes(ports),
    ...createWebhookWishes(ports),
    addCommunity: createAddCommunity(ports),
    createArchive: createCreateArchive(ports),
    recordMessages: createRecordMessages(ports),
    dispatchMagnetlink: createDispatchAgain(ports),
    purgeCommunity: createPurgeCommunity(ports),
    forgetCommunity: createForgetCommunity(ports),
    verifyArchives: createVerifyArchives(ports),
    rebuildProjections: createRebuildProjections(stores.log, parts.rebuilds),
    signCheckpoint: createSignCheckpoint(ports),
    createToken: createCreateToken(ports),
  })
}

/** What wishes read before they are decided, and whom they turn to. */
function createWishReads({ stores, verifications, members, webhooks, now }: ApiParts) {
  const { db, messages, keys } = stores
  return {
    now,
    verifications,
    alone: async <Value>(communityId: CommunityId, work: () => Promise<Value>) =>
      verifications.alone(communityId, work),
    erase: async (communityId: CommunityId) => eraseCommunity(stores, communityId),
    forgetMessages: async (communityId: CommunityId) => messages.forget(communityId),
    forget: async (communityId: CommunityId, meta: CommandMeta) => forgetBeside(stores, communityId, meta),
    readCommunity: async (communityId: CommunityId) => readCommunity(db, communityId),
    readNode: async () => readNode(db),
    readSeeding: async (communityId: CommunityId) => readCommunitySeeding(db, communityId),
    readClockFloor: async () => (await readNode(db)).clockFloor,
    readLastClock: async (communityId: CommunityId) => readLastClock(db, communityId),
    rules: members.rules,
    wakeTelling: () => webhooks.wake(),
    imports: messages.imports,
    isProtocolEnabled: async () => (await readNode(db)).protocol === 'ENABLED',
    readLastImport: async (communityId: CommunityId) => readLastTakeover(db, communityId),
    renewFollow: members.renewFollow,
    importLocks: members.importLocks,
    hastenImport: members.hastenImport,
    oldestMessageAt: messages.oldestMessageAt,
    sign: async (communityId: CommunityId, text: string) => keys.sign(communityId, text),
  }
}
