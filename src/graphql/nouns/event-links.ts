import { createTimeWords } from '../../audit/in-words.ts'
import { tellEvent } from '../../audit/tell-event.ts'
import { builder } from '../builder.ts'
import { priced } from '../limits/price-of.ts'
import { readEventPage } from './event-page.ts'
import { RecordedEvent } from './recorded-event.ts'

const times = createTimeWords('utc')

builder.objectField(RecordedEvent, 'summary', (t) =>
  t.string({
    description: 'What it says, in a sentence with units; who did it stands in `actor`. Times are in UTC.',
    resolve: ({ event }) => tellEvent(event, times),
  }),
)

// What was caused has the correlation id of its cause, by whose index both are found.

builder.objectField(RecordedEvent, 'causedBy', (t) =>
  t.field({
    ...priced('STATEMENTS'),
    type: RecordedEvent,
    nullable: true,
    description: 'The event that led to it, if one did.',
    resolve: async ({ causationId, correlationId, position }, _args, { log, turns }) => {
      if (causationId === null) return null
      const query = { correlationId, id: causationId, before: position, limit: 1 }
      const [cause] = await turns.read(async () => log.read(query))
      return cause ?? null
    },
  }),
)

builder.objectField(RecordedEvent, 'ledTo', (t) =>
  t.connection(
    {
      type: RecordedEvent,
      description: 'The events that it led to at once. All that followed from the same wish: `events(correlationId:)`.',
      resolve: async ({ id: causationId, correlationId, position }, args, context) =>
        readEventPage(args, { correlationId, causationId, after: position }, context),
    },
    { name: 'LedToConnection', description: 'A page of the events that one led to.' },
    { name: 'LedToEdge', description: 'An event that another led to, and its place in the log.' },
  ),
)
