import { readRun, type RunRow } from '../../projections/runs.ts'
import { allow, shownTo } from '../access/allow.ts'
import { canRead } from '../access/readable.ts'
import { builder } from '../builder.ts'
import { millisOf } from '../scalars/date-time.ts'
import { ArchiveFailureCode } from '../scalars/failure-codes.ts'

const ArchiveRunStatus = builder.enumType('ArchiveRunStatus', {
  description: 'How far a run is.',
  values: {
    RUNNING: { description: 'It goes on, or its process died and it will be closed at the next start.' },
    CREATED: { description: 'It created archives.' },
    EMPTY: { description: 'It found no message in its range, and no late one.' },
    FAILED: { description: 'It ended without an archive; its range is still to be packed.' },
  } as const,
})

/** One try to archive a range. */
export const ArchiveRun = builder.node(builder.objectRef<RunRow>('ArchiveRun'), {
  ...shownTo('READER'),
  description: 'One try to archive the messages of a range.',
  id: { resolve: ({ runId }) => runId },
  loadWithoutCache: async (id, { db }) => readRun(db, id as RunRow['runId']),
  fields: (t) => ({
    runId: t.expose('runId', { type: 'RunId', description: 'Its id.' }),
    communityId: t.expose('communityId', {
      type: 'CommunityId',
      description: 'The community whose messages it packs.',
    }),
    status: t.expose('status', { type: ArchiveRunStatus, description: 'How far it is.' }),
    from: t.field({
      type: 'DateTime',
      description: 'Messages sent at this time or later belong to it.',
      resolve: ({ from }) => millisOf(from),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'Messages sent before this time belong to it. Where only late messages are packed, it is `from`.',
      resolve: ({ to }) => millisOf(to),
    }),
    contentTopics: t.expose('contentTopics', {
      type: ['ContentTopic'],
      description: 'The topics of the community when it began.',
    }),
    partitionSeconds: t.exposeInt('partitionSeconds', { description: 'The length of a partition, in seconds.' }),
    code: t.expose('code', { type: ArchiveFailureCode, nullable: true, description: 'Why it failed, if it did.' }),
    numbers: t.expose('numbers', { type: 'Json', description: 'The numbers that go with the code.' }),
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
  }),
})

builder.queryField('archiveRun', (t) =>
  t.field({
    ...allow('READER'),
    type: ArchiveRun,
    nullable: true,
    description: 'A run by its id; null if there is none, or none that the caller may read of.',
    args: { runId: t.arg({ type: 'RunId', required: true, description: 'The id that createArchive gave.' }) },
    resolve: async (_root, { runId }, context) => {
      const run = await readRun(context.db, runId)
      return run !== null && canRead(context, run.communityId) ? run : null
    },
  }),
)
