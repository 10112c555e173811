import type { MemberRefusal } from '../../domain/member-refusals.ts'
import { field, timeField, type RefusalSpecs, type RefusalType } from './refusal-spec.ts'

/** Why a wish of a member is not granted. */
export const memberRefusals: RefusalSpecs<(MemberRefusal['type'] & RefusalType) | 'SelectionEmpty'> = {
  NotMember: {
    description:
      'Only a member follows nodes, fetches archives and takes messages over: a control node owns the history.',
    message: (_refusal, where) => `${where} has this node as CONTROL_NODE: only a MEMBER takes archives from others.`,
    fields: {},
  },
  TooManyFollows: {
    description: 'More nodes than a community can follow.',
    message: ({ limit }, where) => `${where} follows ${limit} nodes already: unfollowNode one first.`,
    fields: { limit: field('Int', 'How many there can be.', ({ limit }) => limit) },
  },
  ClockConflict: {
    description: 'Another link of the community has this clock.',
    message: ({ clock }) => `Another link has the clock ${clock}: a newer link has a higher one.`,
    fields: { clock: field('Clock', 'The clock of both.', ({ clock }) => clock) },
  },
  ClockAhead: {
    description: "The clock is more than a day ahead of this node's time.",
    message: ({ now }) => `The clock is more than a day ahead of ${now}: clocks are Unix milliseconds.`,
    fields: { now: timeField("This node's time.", ({ now }) => now) },
  },
  NoLinkYet: {
    description: 'No link of the community is known, so there is nothing to fetch.',
    message: (_refusal, where) =>
      `No magnet link of ${where} is known yet: follow a node with followNode, or hand one over with submitMagnetlink.`,
    fields: {},
  },
  ImportRunning: {
    description: 'Another import of this community has not ended yet.',
    message: ({ importId }, where) => `${where} has an import under way: wait for the end of ${importId}.`,
    fields: { importId: field('ImportId', 'The import that is under way.', ({ importId }) => importId) },
  },
  NothingToImport: {
    description: 'No archive of the community is here whose messages could be taken over.',
    message: (_refusal, where) => `${where} has no archive here: fetch one first with downloadArchives.`,
    fields: {},
  },
  NothingToUndo: {
    description: "The community's last import was undone already, or there is none.",
    message: (_refusal, where) => `${where} has no import that could be undone.`,
    fields: {},
  },
  SelectionEmpty: {
    description: 'The range of the selection is empty.',
    message: () => 'from must be before to.',
    fields: {},
  },
}
