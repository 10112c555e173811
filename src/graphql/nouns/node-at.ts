import type { NodeAt as State } from '../../audit/node-at.ts'
import { builder } from '../builder.ts'
import { Switch } from './community.ts'

/** The node as a whole at a moment. */
export const NodeAt = builder.objectRef<State>('NodeAt').implement({
  description: 'The node as a whole at a moment, as far as it was recorded by then.',
  fields: (t) => ({
    isRunning: t.exposeBoolean('isRunning', {
      description: 'Whether a process ran. One that died without notice counts as running until the next one begins.',
    }),
    version: t.exposeString('version', { nullable: true, description: 'Of the process that began last.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When that process began.' }),
    stoppedAt: t.expose('stoppedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it said goodbye; null where it had not.',
    }),
    protocol: t.expose('protocol', { type: Switch, description: 'Whether archiving was on for all communities.' }),
    isOnline: t.boolean({
      description: 'Whether it might use the network.',
      resolve: ({ network }) => network === 'ONLINE',
    }),
    hasTorrentClient: t.boolean({
      description: "Whether the torrent client's process ran.",
      resolve: ({ torrentClient }) => torrentClient === 'UP',
    }),
    checkpointSize: t.expose('checkpointSize', {
      type: 'ByteCount',
      nullable: true,
      description: 'How many events the newest checkpoint covered.',
    }),
    checkpointAt: t.expose('checkpointAt', { type: 'DateTime', nullable: true, description: 'When it was signed.' }),
    restoredAt: t.expose('restoredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the log was last brought back from a back-up.',
    }),
    clockFloor: t.expose('clockFloor', {
      type: 'Clock',
      nullable: true,
      description: 'No clock that it dispatched since then is below it.',
    }),
  }),
})
