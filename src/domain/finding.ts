/** What keeps the history of a community from being here. */
export type FindingCode =
  /** This node does not know the community. */
  | 'COMMUNITY_UNKNOWN'
  /** The community was left. */
  | 'LEFT'
  /** Archiving is switched off for the whole node. */
  | 'PROTOCOL_DISABLED'
  /** The node may not use the network. */
  | 'OFFLINE'
  /** The community did not opt in to archiving. */
  | 'ARCHIVING_DISABLED'
  /** An operator withdrew the seeding, which stops fetching and archiving too. */
  | 'SEEDING_WITHDRAWN'
  /** Work for the community failed so often that it was given up. */
  | 'WORK_PARKED'
  /** The last run of the control node failed. */
  | 'LAST_RUN_FAILED'
  /** The disk has too little space left. */
  | 'DISK_FULL'
  /** The version would take more than the quota. */
  | 'QUOTA_EXCEEDED'
  /** The index, or an archive, is encrypted, and there is no key for it. */
  | 'ENCRYPTED'
  /** What the link names is no torrent of archives. */
  | 'TORRENT_MALFORMED'
  /** The index is not what it has to be. */
  | 'INDEX_MALFORMED'
  /** Peers were found, and none gave the metadata of the torrent. */
  | 'METADATA_TIMED_OUT'
  /** No peer was found. */
  | 'NO_PEERS'
  /** No peer has what is wanted. */
  | 'PEERS_WITHOUT_PIECES'
  /** Peers have what is wanted, and give none of it. */
  | 'STALLED'
  /** This node cannot read or write its files, or failed otherwise. */
  | 'DOWNLOAD_FAILED'
  /** An operator cancelled the download. */
  | 'DOWNLOAD_CANCELLED'
  /** Announcements came in, and were not believed. */
  | 'ANNOUNCEMENT_REFUSED'
  /** No links come from a node that is followed. */
  | 'FOLLOWED_NODE_UNREACHABLE'
  /** No announcement came in. */
  | 'NEVER_ANNOUNCED'
  /** Archives are here that cannot be taken over. */
  | 'IMPORT_QUARANTINED'
  /** Archives are being fetched. */
  | 'DOWNLOAD_UNDER_WAY'
  /** Archives are here whose messages were not taken over yet. */
  | 'NOT_IMPORTED_YET'
  /** Archives were not asked for. */
  | 'NOT_SELECTED'
  /** The newest messages are in no archive yet. */
  | 'RANGE_NOT_ARCHIVED_YET'

/** A value that speaks for a finding. Times are RFC 3339 in UTC. */
export interface NamedValue {
  readonly name: string
  readonly value: string
}

/** One reason why history is missing, what speaks for it, and what would help. */
export interface Finding {
  readonly code: FindingCode
  readonly evidence: readonly NamedValue[]
  /** One sentence, for an operator. */
  readonly help: string
}
