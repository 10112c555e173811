import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { Status } from './status.ts'
import type { Rebuild as RebuildValue } from '../rebuilds.ts'

const RebuildState = builder.enumType('RebuildState', {
  description: 'How far a rebuild is.',
  values: {
    REBUILDING: { description: 'The log is replayed beside the read models that are read.' },
    SWAPPING: { description: 'The rebuilt ones take their place: commands wait until it is done.' },
    FINISHED: { description: 'The rebuilt ones are read.' },
    FAILED: { description: 'The old ones are as they were.' },
  } as const,
})

/** Read models that are rebuilt from the log. */
export const Rebuild = builder.objectRef<RebuildValue>('Rebuild').implement({
  description: 'Read models that are rebuilt from the log. Sampled, never recorded.',
  fields: (t) => ({
    state: t.expose('state', { type: RebuildState, description: 'How far it is.' }),
    position: t.expose('position', { type: 'Position', description: 'The rebuilt ones are as of this event.' }),
    headPosition: t.expose('headPosition', { type: 'Position', description: 'The newest event.' }),
    eventsPerSecond: t.exposeInt('eventsPerSecond', { description: 'How many events were replayed a second.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null while it goes on.',
    }),
    error: t.exposeString('error', {
      ...allow('AUDITOR'),
      nullable: true,
      description: 'Why it failed; null unless it did.',
    }),
  }),
})

builder.objectField(Status, 'rebuild', (t) =>
  t.field({
    type: Rebuild,
    nullable: true,
    description:
      'The rebuild of the read models that goes on, or the last one; null where none was asked for since the process began.',
    resolve: (_node, _args, { rebuilds }) => rebuilds.rebuild(),
  }),
)
