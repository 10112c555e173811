import type { Schedule as Planned, Suspension } from '../../domain/schedule.ts'
import type { CommunityRow } from '../../projections/communities.ts'
import { builder } from '../builder.ts'
import type { GraphqlContext } from '../context.ts'
import { priced } from '../limits/price-of.ts'
import { Community } from './community.ts'

const statuses: { readonly [Status in Planned['status']]: { readonly description: string } } = {
  SUSPENDED: { description: 'Something keeps archives from being created by themselves.' },
  RUNNING: { description: 'A run goes on; the next one is planned when it has ended.' },
  WAITING_FOR_MESSAGE: { description: 'Nothing was ever archived, and no message is recorded that could be.' },
  PLANNED: { description: 'The time of the next run is known.' },
}

const suspensions: { readonly [Each in Suspension]: { readonly description: string } } = {
  LEFT: { description: 'The community was left.' },
  NOT_CONTROL_NODE: { description: 'This node is a MEMBER; the control node creates the archives.' },
  ARCHIVING_DISABLED: { description: 'The community did not opt in to archiving, or opted out.' },
  SEEDING_WITHDRAWN: { description: 'An operator withdrew the seeding; requestSeeding resumes both.' },
  PROTOCOL_DISABLED: { description: 'Archiving is switched off for the whole node.' },
  OFFLINE: { description: 'The node may not use the network.' },
  SWITCHED_OFF: { description: "The node's own settings say that archives are created by hand alone." },
  NO_CONTENT_TOPICS: { description: 'Without content topics no message belongs to the community.' },
}

const ScheduleStatus = builder.enumType('ScheduleStatus', {
  description: 'What comes next of itself.',
  values: statuses,
})

const SuspensionReason = builder.enumType('SuspensionReason', {
  description: 'Why no archive of a community is created by itself.',
  values: suspensions,
})

interface CommunitySchedule {
  readonly community: CommunityRow
  readonly planned: Planned
}

const Schedule = builder.objectRef<CommunitySchedule>('Schedule').implement({
  description: 'When the next archive of a community is created by itself.',
  fields: (t) => ({
    status: t.field({
      type: ScheduleStatus,
      description: 'What comes next.',
      resolve: ({ planned }) => planned.status,
    }),
    suspendedBecause: t.field({
      type: SuspensionReason,
      nullable: true,
      description: 'What keeps it, the widest reason where there are several; null unless SUSPENDED.',
      resolve: ({ planned }) => (planned.status === 'SUSPENDED' ? planned.because : null),
    }),
    nextArchiveAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the next run begins; a time that has passed means now, or once no message came in for ten seconds, or after five minutes of messages. Null unless PLANNED.',
      resolve: ({ planned }) => timeOf(planned),
    }),
    failedRuns: t.int({
      description: 'How many runs in a row failed, up to now: each is tried again later than the one before.',
      resolve: ({ community }) => community.failedRuns?.count ?? 0,
    }),
  }),
})

function timeOf(planned: Planned): Extract<Planned, { status: 'PLANNED' }>['at'] | null {
  return planned.status === 'PLANNED' ? planned.at : null
}

async function readPlanned(community: CommunityRow, { readSchedule, turns }: GraphqlContext): Promise<Planned> {
  return turns.read(async () => readSchedule(community))
}

builder.objectFields(Community, (t) => ({
  schedule: t.field({
    type: Schedule,
    ...priced('STATEMENTS'),
    description: 'When its next archive is created by itself, or why none is.',
    resolve: async (community, _args, context) => ({ community, planned: await readPlanned(community, context) }),
  }),
  nextArchiveAt: t.field({
    type: 'DateTime',
    nullable: true,
    ...priced('STATEMENTS'),
    description: 'When its next archive is created by itself, as `schedule` has it; null where none is planned.',
    resolve: async (community, _args, context) => timeOf(await readPlanned(community, context)),
  }),
}))
