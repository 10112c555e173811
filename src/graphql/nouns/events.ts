import type { CommunityId } from '../../domain/community-id.ts'
import type { EventQuery } from '../../events/event-log.ts'
import type { Position, StreamName } from '../../events/recorded-event.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { EventType } from '../scalars/event-type.ts'
import { inputError } from '../scalars/input-error.ts'
import { readEventPage } from './event-page.ts'
import { RecordedEvent } from './recorded-event.ts'
import { communityStream } from '../scalars/stream-name.ts'

builder.queryField('events', (t) =>
  t.connection(
    {
      ...allow('AUDITOR'),
      type: RecordedEvent,
      description:
        'What was recorded, in order, for audit. All conditions hold together. A page stays the same while the log grows.',
      args: {
        stream: t.arg({ type: 'StreamName', required: false, description: 'Only events of this stream.' }),
        communityId: t.arg({ type: 'CommunityId', required: false, description: 'Only events of this community.' }),
        types: t.arg({ type: [EventType], required: false, description: 'Only events of these types.' }),
        actor: t.arg({ type: 'Actor', required: false, description: 'Only events that this actor wished.' }),
        correlationId: t.arg({ type: 'Uuid', required: false, description: 'Only what followed from this wish.' }),
        recordedFrom: t.arg({ type: 'DateTime', required: false, description: 'Only events recorded then or later.' }),
        fromPosition: t.arg({ type: 'Position', required: false, description: 'Only events from this one on.' }),
        toPosition: t.arg({ type: 'Position', required: false, description: 'Only events up to this one, with it.' }),
        recordedTo: t.arg({ type: 'DateTime', required: false, description: 'Only events recorded before then.' }),
      },
      resolve: async (_root, args, context) => readEventPage(args, filterOf(args), context),
    },
    { name: 'RecordedEventConnection', description: 'A page of recorded events.' },
    { name: 'RecordedEventEdge', description: 'A recorded event and its place in the log.' },
  ),
)

type Given<Value> = { readonly [Name in keyof Value]?: Value[Name] | null | undefined }

/** The arguments that were given, in the words of the log. */
function filterOf(
  args: Given<Omit<EventQuery, 'after' | 'before' | 'limit' | 'order' | 'id' | 'causationId'>> &
    Given<{ communityId: CommunityId; fromPosition: Position; toPosition: Position }>,
): Omit<EventQuery, 'limit'> {
  const { types, actor, correlationId, recordedFrom, recordedTo, fromPosition, toPosition } = args
  const stream = streamOf(args.stream, args.communityId)
  return {
    ...(stream != null && { stream }),
    ...(types != null && { types: [...new Set(types)] }),
    ...(actor != null && { actor }),
    ...(correlationId != null && { correlationId }),
    ...(recordedFrom != null && { recordedFrom }),
    ...(recordedTo != null && { recordedTo }),
    ...(fromPosition != null && { after: (fromPosition - 1) as Position }),
    ...(toPosition != null && { before: (toPosition + 1) as Position }),
  }
}

function streamOf(stream: StreamName | null | undefined, id: CommunityId | null | undefined): StreamName | null {
  if (id == null) return stream ?? null
  const named = communityStream(id)
  if (stream != null && stream !== named) throw inputError('stream', `Stream ${stream} is not that of community ${id}.`)
  return named
}
