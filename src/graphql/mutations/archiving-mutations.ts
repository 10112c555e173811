import type { RunId } from '../../domain/archive.ts'
import type { Result } from '../../domain/result.ts'
import type { Position } from '../../events/recorded-event.ts'
import { readRun } from '../../projections/runs.ts'
import { ArchiveRun } from '../nouns/archive-run.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { defineCommunityResult } from './community-result.ts'
import { metaOf } from '../context.ts'
import { toSecond } from '../scalars/date-time.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'
import { defineResult, positionDescription, type Granted } from './mutation.ts'

interface StartedRun {
  readonly position: Position | null
  readonly runId: RunId
}

const CreateArchiveResult = defineResult<StartedRun>(
  'CreateArchive',
  'The run has begun. Its end is told by `signals`, and by `archiveRun`.',
  [
    'CommunityNotFound',
    'CommunityWasLeft',
    'NotControlNode',
    'ProtocolIsDisabled',
    'ArchivingIsDisabled',
    'NoContentTopics',
    'ArchiveCreationRunning',
    'RangeNotNext',
    'RangeEmpty',
    'RangeInFuture',
    'NoMessagesYet',
    'DiskTooFull',
    'QuotaExceeded',
    'NodeQuotaExceeded',
  ],
  (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    runId: t.expose('runId', { type: 'RunId', description: 'The id of the run.' }),
    run: t.field({
      type: ArchiveRun,
      description: 'The run, as it is now.',
      resolve: async ({ runId }, _args, { db }) => {
        const run = await readRun(db, runId)
        if (run === null) throw new Error(`Cannot answer createArchive: there is no run ${runId}`)
        return run
      },
    }),
  }),
)

builder.mutationField('createArchive', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: CreateArchiveResult.ref,
    description:
      'Packs the messages of a range into archives, on the control node only. Ranges are contiguous: each begins where the last one that ended well ended. A run that failed or was interrupted leaves its range open: the next createArchive begins there again. Late messages, older than the range, are packed as archives of their own.',
    args: {
      communityId: communityIdArg(t.arg),
      from: t.arg({
        type: 'DateTime',
        required: false,
        description:
          'The first second of the range. Null: the end of the last run that ended well, or the oldest message. The first run may begin earlier.',
      }),
      to: t.arg({
        type: 'DateTime',
        required: false,
        description: 'The second that the range ends before. Null: now.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { communityId, from, to, idempotencyKey }, context) => {
      const range = { from: from == null ? null : toSecond('from', from), to: to == null ? null : toSecond('to', to) }
      const input = { communityId, ...range }
      const outcome = await context.wishes.createArchive(input, metaOf(context, idempotencyKey, input))
      return CreateArchiveResult.answer(startedRun(outcome), communityId)
    },
  }),
)

function startedRun<Refused extends { readonly type: string }>(
  outcome: Result<Granted, Refused>,
): Result<StartedRun, Refused> {
  if (!outcome.ok) return outcome
  const { position, result } = outcome.value
  if (result.runId === undefined) throw new Error('Cannot answer createArchive: the granted wish names no run')
  return { ok: true, value: { position, runId: result.runId } }
}

const DispatchMagnetlinkResult = defineCommunityResult('DispatchMagnetlink', 'The community was told.', [
  'CommunityNotFound',
  'CommunityWasLeft',
  'NotControlNode',
  'ArchivingIsDisabled',
  'SeedingIsWithdrawn',
  'NoArchiveYet',
  'TorrentNotServed',
  'ClockNotHigher',
  'CommunityKeyMissing',
])

builder.mutationField('dispatchMagnetlink', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: DispatchMagnetlinkResult.ref,
    description: 'Tells the community once more where its archives are, with a higher clock. On the control node only.',
    args: { communityId: communityIdArg(t.arg), idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { communityId, idempotencyKey }, context) => {
      const meta = metaOf(context, idempotencyKey, { communityId })
      return DispatchMagnetlinkResult.answer(await context.wishes.dispatchMagnetlink(communityId, meta), communityId)
    },
  }),
)
