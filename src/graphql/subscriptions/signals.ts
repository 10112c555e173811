import './archiving-signals.ts'
import './checkpoint-signal.ts'
import './community-signals.ts'
import './download-signals.ts'
import './import-signals.ts'
import './link-signals.ts'
import './parking-signals.ts'
import './seeding-signals.ts'
import './verification-signals.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { DomainEvent, EventType } from '../../domain/events.ts'
import { allow } from '../access/allow.ts'
import { canHear } from '../access/readable.ts'
import { rules } from '../access/rules.ts'
import { builder } from '../builder.ts'
import type { GraphqlContext } from '../context.ts'
import { followEvents, type EventAccess } from './event-stream.ts'
import { Magnetlink } from '../nouns/magnetlink.ts'
import { magnetlinkOf } from '../nouns/magnetlink-of.ts'
import { isSignal, Signal } from './signal.ts'

const afterDescription =
  'The cursor of what was received last: it goes on behind it. "START": everything. Null: live from now.'

builder.subscriptionField('signals', (t) =>
  t.field({
    ...allow('READER'),
    type: Signal,
    description:
      'What happens, in order: none is lost or repeated, however slow the client. Over SSE, Last-Event-ID wins over `after`.',
    args: {
      communityId: t.arg({
        type: 'CommunityId',
        required: false,
        description: 'Only signals of this community, and those of the node as a whole.',
      }),
      after: t.arg.string({ required: false, description: afterDescription }),
    },
    subscribe: (_root, { after, communityId }, context) =>
      followEvents(after, { isWanted: isSignal, communityId, access: (event) => ofReadable(context, event) }, context),
    resolve: (delivered) => delivered,
  }),
)

builder.subscriptionField('magnetlinks', (t) =>
  t.field({
    ...allow('PUBLIC_MAGNETLINKS'),
    type: Magnetlink,
    description:
      'The magnet links that are dispatched, in order. A client may see a link again; the clock tells. Over SSE, Last-Event-ID wins over `after`.',
    args: {
      communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }),
      after: t.arg.string({ required: false, description: afterDescription }),
    },
    subscribe: (_root, { after, communityId }, context) =>
      followEvents(
        after,
        { isWanted: isDispatch, communityId, access: async () => ofPublic(context, communityId) },
        context,
      ),
    resolve: ({ recorded }) => magnetlinkOf(recorded),
  }),
)

/** A caller that is bound to communities hears nothing of others. */
function ofReadable(context: GraphqlContext, event: DomainEvent): EventAccess {
  return canHear(context, event) ? 'SHOWN' : 'HIDDEN'
}

/** Links that are no longer public are over for who may not read of the community, at once. */
async function ofPublic(context: GraphqlContext, communityId: CommunityId): Promise<EventAccess> {
  return (await rules.PUBLIC_MAGNETLINKS.isLetThrough(context, communityId)) ? 'SHOWN' : 'OVER'
}

function isDispatch(type: EventType): type is 'MagnetlinkDispatched' {
  return type === 'MagnetlinkDispatched'
}
