import type { CommunityAt as State } from '../../audit/community-at.ts'
import { readCommunityAt, readNodeAt } from '../../audit/read-as-of.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { Position } from '../../events/recorded-event.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { priced } from '../limits/price-of.ts'
import { ArchiveFailureCode } from '../scalars/failure-codes.ts'
import { DownloadFailureCode } from '../scalars/member-codes.ts'
import { positionOf } from '../scalars/moment.ts'
import { Role } from '../scalars/role.ts'
import { ChosenSettings } from './community-settings.ts'
import { CommunityStatus, SeedingWish, Switch } from './community.ts'
import { millisOf } from '../scalars/date-time.ts'
import { NodeAt } from './node-at.ts'
import { ParkableReactor } from './parked-reactor.ts'
import { TorrentAt, torrentsOf } from './torrent-at.ts'

interface Shown extends State {
  readonly communityId: CommunityId
  /** Of the newest event at that moment. */
  readonly position: Position
}

type Parked = State['parked'][number]
const ParkedAt = builder.objectRef<Parked>('ParkedAt').implement({
  description: 'Work for a community that was given up, and waited for an operator.',
  fields: (t) => ({
    reactor: t.expose('reactor', { type: ParkableReactor, description: 'What kind of work.' }),
    code: t.exposeString('code', { description: 'Why it failed last: a failure code, or the name of a refusal.' }),
    failures: t.exposeInt('failures', { description: 'How often it had failed in a row.' }),
    since: t.expose('since', { type: 'DateTime', description: 'When it was given up.' }),
  }),
})

const RunStatusAt = builder.enumType('RunStatusAt', {
  description: 'How a run stood.',
  values: {
    RUNNING: { description: 'It was under way.' },
    ARCHIVED: { description: 'It had packed messages.' },
    EMPTY: { description: 'It had found no message.' },
    FAILED: { description: 'It had failed.' },
  } as const,
})

const CommunityAt = builder.objectRef<Shown>('CommunityAt').implement({
  description: 'A community at a moment, as far as it was recorded by then.',
  fields: (t) => ({
    communityId: t.expose('communityId', { type: 'CommunityId', description: 'The public key that names it.' }),
    position: t.expose('position', { type: 'Position', description: 'The newest event at that moment.' }),
    status: t.expose('status', { type: CommunityStatus, description: 'Whether this node took part in it.' }),
    role: t.expose('role', { type: Role, description: 'What this node was to it, or had been last.' }),
    addedAt: t.expose('addedAt', { type: 'DateTime', description: 'When it had been added, the last time.' }),
    leftAt: t.expose('leftAt', { type: 'DateTime', nullable: true, description: 'When it had been left, if it had.' }),
    purgedAt: t.expose('purgedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its archives were deleted last.',
    }),
    forgottenAt: t.expose('forgottenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its messages were erased last.',
    }),
    archiving: t.expose('archiving', { type: Switch, description: 'Whether it had opted in to archives.' }),
    seeding: t.expose('seeding', { type: SeedingWish, description: 'What was wished about its seeding.' }),
    contentTopics: t.expose('contentTopics', { type: ['ContentTopic'], description: 'Its topics, in its order.' }),
    settings: t.field({
      type: ChosenSettings,
      description: 'What an operator had chosen for it.',
      resolve: (state) => state,
    }),
  }),
})

builder.objectFields(CommunityAt, (t) => ({
  archives: t.exposeInt('archives', { description: 'How many archives its newest `data` had, packed or fetched.' }),
  messages: t.expose('messages', {
    type: 'ByteCount',
    description: 'How many messages they held, as far as they were packed or taken over here.',
  }),
  archiveBytes: t.expose('archiveBytes', { type: 'ByteCount', description: 'Their length without padding.' }),
  coveredFrom: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'Where the first of their ranges began.',
    resolve: ({ coveredFrom }) => (coveredFrom === null ? null : millisOf(coveredFrom)),
  }),
  coveredTo: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'What the last of their ranges ended before.',
    resolve: ({ coveredTo }) => (coveredTo === null ? null : millisOf(coveredTo)),
  }),
  archivedUpTo: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'Where the next run would have begun; null before the first.',
    resolve: ({ archivedUpTo }) => (archivedUpTo === null ? null : millisOf(archivedUpTo)),
  }),
}))

builder.objectFields(CommunityAt, (t) => ({
  torrents: t.field({
    type: [TorrentAt],
    description: 'Those with a part in its rollover, and others that were served or had failed.',
    resolve: torrentsOf,
  }),
  linkTorrent: t.expose('linkTorrent', {
    type: 'InfoHash',
    nullable: true,
    description: 'The torrent of the newest link that was dispatched, or believed.',
  }),
  linkClock: t.expose('linkClock', { type: 'Clock', nullable: true, description: 'The clock of that link.' }),
  linkMagnetUri: t.exposeString('linkMagnetUri', { nullable: true, description: 'The link itself.' }),
  follows: t.expose('follows', { type: ['FollowUrl'], description: 'The nodes whose links were taken.' }),
  downloadTorrent: t.expose('downloadTorrent', {
    type: 'InfoHash',
    nullable: true,
    description: 'What was being downloaded.',
  }),
  downloadFailure: t.expose('downloadFailure', {
    type: DownloadFailureCode,
    nullable: true,
    description: 'Why that did not get on.',
  }),
  waitingArchives: t.exposeInt('waitingArchives', { description: 'Fetched archives that were not taken over.' }),
  quarantinedArchives: t.exposeInt('quarantinedArchives', { description: 'Those of them that were set aside.' }),
  missingArchives: t.exposeInt('missingArchives', { description: 'Archives of its newest version not here.' }),
  isImporting: t.exposeBoolean('isImporting', { description: 'Whether messages were being taken over.' }),
  parked: t.expose('parked', { type: [ParkedAt], description: 'Work for it that was given up.' }),
  skipped: t.expose('skipped', { type: [ParkableReactor], description: 'Work that an operator had left undone.' }),
  lastRun: t.expose('lastRun', { type: RunStatusAt, nullable: true, description: 'How the last run stood.' }),
  lastRunCode: t.expose('lastRunCode', { type: ArchiveFailureCode, nullable: true, description: 'Why it failed.' }),
  node: t.field({
    ...priced('STATEMENTS'),
    type: NodeAt,
    description: 'The node as a whole at that moment.',
    resolve: async ({ position }, _args, { log }) => readNodeAt(position, log),
  }),
}))

builder.queryField('communityAsOf', (t) =>
  t.field({
    ...allow('AUDITOR', priced('PAST')),
    type: CommunityAt,
    nullable: true,
    description:
      'A community as it was, from its events up to then; null where it had not been added. Give either the position or the time.',
    args: {
      id: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }),
      position: t.arg({ type: 'Position', required: false, description: 'Right after the event at this position.' }),
      time: t.arg({ type: 'DateTime', required: false, description: 'With all that was recorded by then.' }),
    },
    resolve: async (_root, { id: communityId, ...moment }, context) => {
      const position = await positionOf(moment, 'position', context)
      const state = await readCommunityAt(communityId, position, context.log)
      return state === null ? null : { ...state, communityId, position }
    },
  }),
)
