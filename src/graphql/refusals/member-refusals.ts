import type { MemberRefusal } from '../../domain/member-refusals.ts'
import type { MagnetFault } from '../../domain/parse-magnet.ts'
import type { MemberWishRefusal } from '../member-wishes.ts'
import { formatDateTime } from '../scalars/date-time.ts'
import { field, timeField, type RefusalSpecs, type RefusalType } from './refusal-spec.ts'

const faults: Readonly<Record<MagnetFault, string>> = {
  TOO_LONG: 'it is too long',
  NOT_A_MAGNET: 'it does not begin with "magnet:?", or has characters in it that no URI has',
  BAD_ENCODING: 'what follows a "%" is no UTF-8',
  NO_HASH: 'it names no BitTorrent v1 info hash (xt=urn:btih:…)',
  BAD_HASH: 'its info hash is neither 40 hex digits nor 32 of base 32',
  SEVERAL_HASHES: 'it names more than one info hash',
  TOO_MANY_HOSTS: 'it names too many hosts',
}

/** Why a wish of a member is not granted. */
export const memberRefusals: RefusalSpecs<
  (MemberRefusal['type'] & RefusalType) | MemberWishRefusal['type'] | 'SelectionEmpty'
> = {
  NotMember: {
    description:
      'Only a member follows nodes, fetches archives and takes messages over: a control node owns the history.',
    message: (_refusal, where) =>
      `${where} has this node as CONTROL_NODE: only a MEMBER takes archives from others, which leaveCommunity and addCommunity make it.`,
    fields: {},
  },
  TooManyFollows: {
    description: 'More nodes than a community can follow.',
    message: ({ limit }, where) => `${where} follows ${limit} nodes already: unfollowNode one first.`,
    fields: { limit: field('Int', 'How many there can be.', ({ limit }) => limit) },
  },
  MagnetlinkMalformed: {
    description: 'What was handed over is no magnet link of one torrent.',
    message: ({ reason }) => `The magnet link cannot be read: ${faults[reason]}.`,
    fields: { reason: field('String', 'What is wrong with it, as a code.', ({ reason }) => reason) },
  },
  OtherCommunity: {
    description: 'The magnet link names another community.',
    message: (_refusal, where) =>
      `The name in the magnet link is the id of another community than ${where}: hand it over for that one.`,
    fields: {},
  },
  AddressRefused: {
    description: 'A host leads into the local network, which the settings of the node do not allow.',
    message: ({ host }) =>
      `${host} is in the local network: allow that with SEEDBANK_PRIVATE_ADDRESSES, or name another host.`,
    fields: { host: field('String', 'The host.', ({ host }) => host) },
  },
  FollowNotEncrypted: {
    description: 'A token would be sent in clear: only what is encrypted leaves the local network.',
    message: ({ host }) =>
      `${host} would be sent the token without encryption: give a URL that begins with wss://. Within a local network SEEDBANK_PRIVATE_ADDRESSES allows ws:// too.`,
    fields: { host: field('String', 'The host.', ({ host }) => host) },
  },
  SignatureMissing: {
    description: 'Each link of a native community is signed with its key.',
    message: (_refusal, where) => `${where} is native: send the signature that came with the link.`,
    fields: {},
  },
  SignatureInvalid: {
    description: 'The signature is not by this key over this community, clock and magnet link.',
    message: () => 'The signature does not prove the link: send communityId, clock, magnetUri and keys as they came.',
    fields: {},
  },
  ClockConflict: {
    description: 'Another link of the community has this clock.',
    message: ({ clock }) => `Another link has the clock ${clock}: a newer link has a higher one.`,
    fields: { clock: field('Clock', 'The clock of both.', ({ clock }) => clock) },
  },
  ClockAhead: {
    description: "The clock is more than a day ahead of this node's time.",
    message: ({ now }) => `The clock is more than a day ahead of ${formatDateTime(now)}: clocks are Unix milliseconds.`,
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
  HistoryIncomplete: {
    description:
      'The history that was fetched is not all here and taken over: a new control node would leave the rest behind.',
    message: ({ waiting, missing }, where) =>
      `${where} has fetched archives that were not taken over (${waiting}) or are not here (${missing}), or a newer version is known: add it as MEMBER, fetch and import all, then change the role; or purgeCommunity to begin without them.`,
    fields: {
      waiting: field('Int', 'Archives that are here and were not taken over.', ({ waiting }) => waiting),
      missing: field('Int', 'Archives of the newest version fetched that are not here.', ({ missing }) => missing),
    },
  },
  NothingToUndo: {
    description: "The community's last import was undone already, or there is none.",
    message: (_refusal, where) => `${where} has no import that could be undone: importArchives begins one.`,
    fields: {},
  },
  SelectionEmpty: {
    description: 'The range of the selection is empty.',
    message: () => 'The range of the selection holds no time: "from" must be before "to".',
    fields: {},
  },
}
