import type { Position, Recorded } from '../../events/recorded-event.ts'
import { shownTo } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { EventType } from '../scalars/event-type.ts'

/** A fact and its place in the log, for audit. */
export const RecordedEvent = builder.node(builder.objectRef<Recorded>('RecordedEvent'), {
  ...shownTo('AUDITOR'),
  description: 'A fact and its place in the log. It is never changed and never removed.',
  id: { resolve: ({ position }) => String(position) },
  loadWithoutCache: async (id, { log }) => {
    const position = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : 0
    if (position === 0 || !Number.isSafeInteger(position)) return null
    const [found] = await log.read({ after: (position - 1) as Position, limit: 1 })
    return found?.position === position ? found : null
  },
  fields: (t) => ({
    position: t.expose('position', { type: 'Position', description: 'Where it stands among all events.' }),
    stream: t.expose('stream', { type: 'StreamName', description: 'The stream that it belongs to.' }),
    version: t.expose('version', { type: 'ByteCount', description: 'Where it stands in its stream, from 1 on.' }),
    eventId: t.field({ type: 'Uuid', description: 'Its own id.', resolve: ({ id }) => id }),
    type: t.field({ type: EventType, description: 'What it says.', resolve: ({ event }) => event.type }),
    communityId: t.field({
      type: 'CommunityId',
      nullable: true,
      description: 'The community that it is about; null for the node as a whole.',
      resolve: ({ event }) => ('communityId' in event ? event.communityId : null),
    }),
    data: t.field({ type: 'Json', description: 'The particulars, as recorded.', resolve: ({ event }) => event.data }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was recorded.' }),
    actor: t.expose('actor', { type: 'Actor', description: 'Who wished what led to it.' }),
    correlationId: t.expose('correlationId', {
      type: 'Uuid',
      description: 'What all that followed from the same wish has in common.',
    }),
    causationId: t.expose('causationId', {
      type: 'Uuid',
      nullable: true,
      description: 'The event that led to it, if one did.',
    }),
  }),
})
