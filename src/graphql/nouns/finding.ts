import { diagnose } from '../../domain/diagnose.ts'
import type { Finding as Found, FindingCode as Code, NamedValue } from '../../domain/finding.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { priced } from '../limits/price-of.ts'

const codes: { readonly [Each in Code]: { readonly description: string } } = {
  COMMUNITY_UNKNOWN: { description: 'This node does not know the community.' },
  LEFT: { description: 'The community was left.' },
  PROTOCOL_DISABLED: { description: 'Archiving is switched off for the whole node.' },
  OFFLINE: { description: 'The node may not use the network.' },
  ARCHIVING_DISABLED: { description: 'The community did not opt in to archiving.' },
  SEEDING_WITHDRAWN: { description: 'An operator withdrew the seeding, which stops fetching and archiving too.' },
  WORK_PARKED: { description: 'Work for the community failed so often that it was given up.' },
  LAST_RUN_FAILED: { description: 'The last run of the control node failed.' },
  DISK_FULL: { description: 'The disk has too little space left.' },
  QUOTA_EXCEEDED: { description: 'The version would take more than the quota.' },
  ENCRYPTED: { description: 'The index, or an archive, is encrypted, and there is no key for it.' },
  TORRENT_MALFORMED: { description: 'What the link names is no torrent of archives.' },
  INDEX_MALFORMED: { description: 'The index is not what it has to be.' },
  METADATA_TIMED_OUT: { description: 'Peers were found, and none gave the metadata of the torrent.' },
  NO_PEERS: { description: 'No peer was found.' },
  PEERS_WITHOUT_PIECES: { description: 'No peer has what is wanted.' },
  STALLED: { description: 'Peers have what is wanted, and give none of it.' },
  DOWNLOAD_FAILED: { description: 'This node cannot read or write its files, or failed otherwise.' },
  DOWNLOAD_CANCELLED: { description: 'An operator cancelled the download.' },
  ANNOUNCEMENT_REFUSED: { description: 'Announcements came in, and were not believed.' },
  FOLLOWED_NODE_UNREACHABLE: { description: 'No links come from a node that is followed.' },
  NEVER_ANNOUNCED: { description: 'No announcement came in.' },
  IMPORT_QUARANTINED: { description: 'Archives are here that cannot be taken over.' },
  DOWNLOAD_UNDER_WAY: { description: 'Archives are being fetched.' },
  NOT_IMPORTED_YET: { description: 'Archives are here whose messages were not taken over yet.' },
  NOT_SELECTED: { description: 'Archives were not asked for.' },
  RANGE_NOT_ARCHIVED_YET: { description: 'The newest messages are in no archive yet.' },
}

const FindingCode = builder.enumType('FindingCode', {
  description: 'What keeps the history of a community from being here.',
  values: codes,
})

const FindingEvidence = builder.objectRef<NamedValue>('FindingEvidence').implement({
  description: 'A value that speaks for a finding.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is.' }),
    value: t.exposeString('value', { description: 'The value. Times are RFC 3339 in UTC.' }),
  }),
})

const Finding = builder.objectRef<Found>('Finding').implement({
  description: 'One reason why history is missing.',
  fields: (t) => ({
    code: t.expose('code', { type: FindingCode, description: 'What was found.' }),
    evidence: t.expose('evidence', { type: [FindingEvidence], description: 'What speaks for it.' }),
    help: t.exposeString('help', { description: 'What would help, in one sentence.' }),
  }),
})

builder.queryField('diagnose', (t) =>
  t.field({
    type: [Finding],
    ...allow('READER', priced('STATEMENTS')),
    description:
      'Why the history of a community is not here, or not all of it: what was found, most likely first. Empty where nothing is missing. On a control node too.',
    args: { communityId: t.arg({ type: 'CommunityId', required: true, description: 'The community.' }) },
    resolve: async (_root, { communityId }, { members, turns }) =>
      diagnose(await turns.read(async () => members.readEvidence(communityId))),
  }),
)
