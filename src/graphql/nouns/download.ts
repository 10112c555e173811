import type { CommunityRow } from '../../projections/communities.ts'
import { barToFetching } from '../../domain/decide-downloads.ts'
import type { DownloadFailureCode as Code } from '../../domain/failure-codes.ts'
import type { DownloadRow } from '../../projections/downloads.ts'
import { readNode } from '../../projections/nodes.ts'
import { builder } from '../builder.ts'
import type { GraphqlContext } from '../context.ts'
import { priced } from '../limits/price-of.ts'
import type { DownloadProgress as Progress } from '../members.ts'
import { DownloadEnd, DownloadFailureCode } from '../scalars/member-codes.ts'
import { Community } from './community.ts'
import { Selection } from './selection.ts'

type Status = DownloadRow['status'] | 'PAUSED'

const statuses: { readonly [Each in Status]: { readonly description: string } } = {
  RUNNING: { description: 'It goes on, or is tried again where it failed.' },
  PAUSED: {
    description: 'Something has to change first: a switch, the network, the disk or the quota. Then it goes on.',
  },
  FINISHED: { description: 'All that was wanted is here.' },
  CANCELLED: { description: 'It was given up. What it fetched is kept.' },
}

const DownloadStatus = builder.enumType('DownloadStatus', { description: 'How a download stands.', values: statuses })

const DownloadFailure = builder.objectRef<NonNullable<DownloadRow['failure']>>('DownloadFailure').implement({
  description: 'Why a download does not get on.',
  fields: (t) => ({
    code: t.expose('code', { type: DownloadFailureCode, description: 'Why.' }),
    numbers: t.expose('numbers', { type: 'Json', description: 'The numbers that go with the code.' }),
    since: t.expose('at', { type: 'DateTime', description: 'Since when it is for this reason.' }),
  }),
})

/** How far a download is at this moment. */
export const DownloadProgress = builder.objectRef<Progress>('DownloadProgress').implement({
  description: 'How far a download is at this moment. Sampled, never recorded.',
  fields: (t) => ({
    archives: t.exposeInt('archives', { description: 'How many of the archives that are wanted are here.' }),
    archivesTotal: t.exposeInt('totalArchives', {
      nullable: true,
      description: 'How many are wanted; null until the index was read.',
    }),
    bytes: t.expose('bytes', {
      type: 'ByteCount',
      description: 'How much of what was missing was fetched.',
    }),
    bytesTotal: t.expose('totalBytes', {
      type: 'ByteCount',
      nullable: true,
      description: 'How much of what is wanted was missing; null until the index was read.',
    }),
    bytesPerSecond: t.exposeFloat('bytesPerSecond', { description: 'Received from peers, a second.' }),
    peers: t.exposeInt('peers', { description: 'With how many peers a connection is open.' }),
    secondsLeft: t.exposeFloat('secondsLeft', {
      nullable: true,
      description: 'How long it will take at this rate; null while that cannot be told.',
    }),
    waitingFor: t.expose('waitingFor', {
      type: DownloadFailureCode,
      nullable: true,
      description: 'Why nothing comes in; null while something does, or it is too early to tell.',
    }),
  }),
})

interface ShownDownload extends Omit<DownloadRow, 'status'> {
  readonly status: Status
}

const Download = builder.objectRef<ShownDownload>('Download').implement({
  description: "A member's fetching of archives.",
  fields: (t) => ({
    downloadId: t.expose('downloadId', { type: 'DownloadId', description: 'Its id.' }),
    status: t.expose('status', { type: DownloadStatus, description: 'How it stands.' }),
    reason: t.expose('reason', {
      type: DownloadEnd,
      nullable: true,
      description: 'Why it was given up; null unless its status is CANCELLED.',
    }),
    failure: t.expose('failure', {
      type: DownloadFailure,
      nullable: true,
      description: 'Why it does not get on; null where nothing is known against it.',
    }),
    selection: t.expose('selection', { type: Selection, description: 'Which archives it wants.' }),
    clock: t.expose('clock', { type: 'Clock', description: 'The clock of its link.' }),
    infoHash: t.expose('infoHash', { type: 'InfoHash', description: 'The torrent.' }),
    archives: t.exposeInt('archives', { description: 'How many archives it fetched so far.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When its start was recorded.' }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its end was recorded; null while it goes on.',
    }),
    correlationId: t.expose('correlationId', {
      type: 'Uuid',
      description: 'What all that followed from the same wish has in common.',
    }),
    position: t.expose('position', { type: 'Position', description: 'The event that recorded its start.' }),
    progress: t.field({
      type: DownloadProgress,
      nullable: true,
      description: 'How far it is at this moment; null while nothing is fetched.',
      resolve: ({ communityId, endedAt }, _args, { members }) =>
        endedAt === null ? members.downloadProgress(communityId) : null,
    }),
  }),
})

builder.objectField(Community, 'download', (t) =>
  t.field({
    type: Download,
    nullable: true,
    ...priced('STATEMENTS'),
    description: 'The download that goes on, or went on last; null before the first.',
    resolve: async (community, _args, context) => {
      const download = await context.loaders.lastDownload.load(community.communityId)
      return download && { ...download, status: await statusOf(download, community, context) }
    },
  }),
)

const OF_THE_DISK: ReadonlySet<Code> = new Set(['DISK_FULL', 'QUOTA_EXCEEDED'])

async function statusOf(
  { status, failure }: DownloadRow,
  community: CommunityRow,
  { db, turns }: GraphqlContext,
): Promise<Status> {
  if (status !== 'RUNNING') return status
  const { protocol, network } = await turns.read(async () => readNode(db))
  const isBarred = network === 'OFFLINE' || barToFetching(community, protocol === 'ENABLED') !== null
  return isBarred || (failure !== null && OF_THE_DISK.has(failure.code)) ? 'PAUSED' : 'RUNNING'
}
