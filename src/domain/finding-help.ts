import type { LinkRefusalCode } from './failure-codes.ts'
import type { FindingCode } from './finding.ts'

/** What would help, by what was found. */
export const findingHelp: Readonly<Record<Exclude<FindingCode, 'ANNOUNCEMENT_REFUSED'>, string>> = {
  COMMUNITY_UNKNOWN: 'Take part in the community with addCommunity.',
  LEFT: 'Take part in the community again with addCommunity.',
  PROTOCOL_DISABLED: 'Switch archiving on for the node with enableProtocol.',
  OFFLINE: 'Let the node use the network with setOnline.',
  ARCHIVING_DISABLED: 'Opt the community in with enableArchiving.',
  SEEDING_WITHDRAWN: 'Ask for the seeding again with requestSeeding; archives are fetched and created from then on.',
  WORK_PARKED: 'Mend what the code names; then have it tried again with retryParked, or left undone with skipParked.',
  LAST_RUN_FAILED: 'Mend what the code names; the run is tried again by itself, or at once with createArchive.',
  DISK_FULL: 'Make room on the disk of the data directory; the download goes on by itself.',
  QUOTA_EXCEEDED:
    'Raise quotaBytes with changeSettings, or the disk quota of the node where the numbers name that; the download goes on by itself.',
  ENCRYPTED: 'Nothing can be read without the key of the community, which this node does not hold.',
  TORRENT_MALFORMED: 'The control node has to announce a torrent of archives: ask its operator.',
  INDEX_MALFORMED: 'The control node has to announce archives with a sound index: ask its operator.',
  METADATA_TIMED_OUT: 'Wait for other peers: those that are connected do not serve the metadata of the torrent.',
  NO_PEERS: 'See that some member or the control node is online, and that the trackers of the link can be reached.',
  PEERS_WITHOUT_PIECES: 'Wait until the control node, or a member with the whole history, is online.',
  STALLED: 'Wait, or look at the network between here and the peers: they have the pieces and do not send them.',
  DOWNLOAD_FAILED: "Mend what the code names; the node's own log has the details, and the download goes on by itself.",
  DOWNLOAD_CANCELLED: 'Fetch the archives with downloadArchives.',
  FOLLOWED_NODE_UNREACHABLE: 'See that the URL is right and its node runs; followNode takes another URL or token.',
  NEVER_ANNOUNCED:
    "Follow the API of the community's control node with followNode (a member passes no links on), or hand a link over with submitMagnetlink.",
  IMPORT_QUARANTINED:
    'Check the files with verifyArchives, then try again with importArchives; other codes need a new archive.',
  DOWNLOAD_UNDER_WAY:
    'Wait: downloadProgress tells how far it is; with no peers, see that the control node or another member is online.',
  NOT_IMPORTED_YET: 'Wait for the import, or ask for it with importArchives where it is on request.',
  NOT_SELECTED: 'Fetch the other archives with downloadArchives, or change the selection with changeSettings.',
  RANGE_NOT_ARCHIVED_YET:
    'Wait for the next archive: the control node creates one a week, or with createArchive at once.',
}

/** What would help where announcements were not believed, by why. */
export const refusedLinkHelp: Readonly<Record<LinkRefusalCode, string>> = {
  MAGNET_MALFORMED: 'Whoever announces has to send a magnet link of one torrent.',
  OTHER_COMMUNITY: 'Whoever announces has to send links of this community.',
  ADDRESS_REFUSED: 'Where the local network is to be used, allow it with the setting SEEDBANK_PRIVATE_ADDRESSES.',
  SIGNATURE_INVALID: "The link has to be signed with the community's key: ask the operator of its control node.",
  SIGNER_UNKNOWN: 'If the followed node has a new key, give it as nodeKey to followNode.',
  CLOCK_CONFLICT: 'The control node has to dispatch again, with a higher clock.',
  CLOCK_AHEAD: 'Set the clocks of this node and of the control node right; then have it dispatch again.',
}
