import './archiving-signals.ts'
import './checkpoint-signal.ts'
import './community-signals.ts'
import './download-signals.ts'
import './import-signals.ts'
import './link-signals.ts'
import './parking-signals.ts'
import './seeding-signals.ts'
import './verification-signals.ts'
import type { EventType } from '../../domain/events.ts'
import { builder } from '../builder.ts'
import { followEvents } from './event-stream.ts'
import { Magnetlink } from '../nouns/magnetlink.ts'
import { magnetlinkOf } from '../nouns/magnetlink-of.ts'
import { isSignal, Signal } from './signal.ts'

const afterDescription =
  'The cursor of what was received last: it goes on behind it. "START": everything. Null: live from now.'

builder.subscriptionField('signals', (t) =>
  t.field({
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
      followEvents(after, { isWanted: isSignal, communityId }, context),
    resolve: (delivered) => delivered,
  }),
)

builder.subscriptionField('magnetlinks', (t) =>
  t.field({
    type: Magnetlink,
    description:
      'The magnet links that are dispatched, in order. A client may see a link again; the clock tells. Over SSE, Last-Event-ID wins over `after`.',
    args: {
      communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }),
      after: t.arg.string({ required: false, description: afterDescription }),
    },
    subscribe: (_root, { after, communityId }, context) =>
      followEvents(after, { isWanted: isDispatch, communityId }, context),
    resolve: ({ recorded }) => magnetlinkOf(recorded),
  }),
)

function isDispatch(type: EventType): type is 'MagnetlinkDispatched' {
  return type === 'MagnetlinkDispatched'
}
