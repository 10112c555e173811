import type { ParkableReactor as Name } from '../../domain/parking-events.ts'
import type { ParkedRow } from '../../projections/parked.ts'
import { builder } from '../builder.ts'
import { Community } from './community.ts'

/** The kinds of work that can be parked. */
export const ParkableReactor = builder.enumType('ParkableReactor', {
  description: 'A kind of work for a community that can be parked.',
  values: {
    SEEDING: { value: 'seeding', description: 'Serving its torrents.' },
    DISPATCHING: { value: 'dispatching', description: 'Telling the community of the torrent that is served.' },
    REPAIRING: { value: 'repairing', description: 'Mending damaged files.' },
    DOWNLOADING: { value: 'downloading', description: 'Fetching archives from others.' },
    IMPORTING: { value: 'importing', description: 'Taking over the messages of archives that were fetched.' },
  } as const satisfies Readonly<Record<string, { readonly value: Name; readonly description: string }>>,
})

/** Work for a community that was given up. */
export const ParkedReactor = builder.objectRef<ParkedRow>('ParkedReactor').implement({
  description:
    'Work for a community that failed so often that it waits for an operator: retryParked and skipParked decide what becomes of it, and so does any wish that gives it a new chance.',
  fields: (t) => ({
    reactor: t.expose('reactor', { type: ParkableReactor, description: 'What kind of work.' }),
    communityId: t.expose('communityId', { type: 'CommunityId', description: 'The community that it is for.' }),
    code: t.exposeString('code', { description: 'Why it failed last: a failure code, or the name of a refusal.' }),
    failures: t.exposeInt('failures', { description: 'How often it failed in a row.' }),
    since: t.expose('since', { type: 'DateTime', description: 'When it was given up.' }),
    cause: t.expose('cause', { type: 'Uuid', description: 'The event that tells it.' }),
  }),
})

builder.objectField(Community, 'parked', (t) =>
  t.field({
    type: [ParkedReactor],
    description: 'Work for it that was given up, and waits for an operator.',
    resolve: async ({ communityId }, _args, { loaders }) => loaders.parked.load(communityId),
  }),
)
