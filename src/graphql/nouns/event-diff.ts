import { tellChange, type Change as Changed } from '../../audit/diff-states.ts'
import { createTimeWords } from '../../audit/in-words.ts'
import { readDiff } from '../../audit/read-as-of.ts'
import type { Position } from '../../events/recorded-event.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { priced } from '../limits/price-of.ts'
import { MomentInput, positionOf } from '../scalars/moment.ts'

const times = createTimeWords('utc')

const Change = builder.objectRef<Changed>('Change').implement({
  description: 'One thing that is not what it was.',
  fields: (t) => ({
    communityId: t.expose('communityId', {
      type: 'CommunityId',
      nullable: true,
      description: 'The community that it is about; null for the node as a whole.',
    }),
    field: t.exposeString('field', { description: 'What changed, by the name that the replay of the log has for it.' }),
    before: t.expose('before', {
      type: 'Json',
      nullable: true,
      description: 'What it was; null where there was nothing, or no such community.',
    }),
    after: t.expose('after', { type: 'Json', nullable: true, description: 'What it became; null as before.' }),
    summary: t.string({
      description: 'The same in words, with units, times being in UTC.',
      resolve: (change) => tellChange(change, times),
    }),
  }),
})

interface Diff {
  readonly from: Position
  readonly to: Position
  readonly changes: readonly Changed[]
}

const EventDiff = builder.objectRef<Diff>('EventDiff').implement({
  description: 'What changed between two moments.',
  fields: (t) => ({
    from: t.expose('from', { type: 'Position', description: 'The newest event at the one moment.' }),
    to: t.expose('to', { type: 'Position', description: 'The newest event at the other.' }),
    changes: t.expose('changes', {
      type: [Change],
      description: "The node's first, then community by community. None where all was the same again.",
    }),
  }),
})

builder.queryField('eventDiff', (t) =>
  t.field({
    ...allow('AUDITOR', priced('LOG')),
    type: EventDiff,
    description:
      'What changed between two moments, of one community, or of the node and all communities that have events in between.',
    args: {
      from: t.arg({ type: MomentInput, required: true, description: 'The one moment.' }),
      to: t.arg({ type: MomentInput, required: true, description: 'The other; it may be before the one.' }),
      communityId: t.arg({ type: 'CommunityId', required: false, description: 'Only changes of this community.' }),
    },
    resolve: async (_root, args, context) => {
      const from = await positionOf(args.from, 'from', context)
      const to = await positionOf(args.to, 'to', context)
      const changes = await readDiff({ from, to, communityId: args.communityId ?? null }, context.log)
      return { from, to, changes }
    },
  }),
)
