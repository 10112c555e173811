/** Why a run ended without an archive. */
export type ArchiveFailureCode =
  /** The process ended in the middle of the run. */
  | 'INTERRUPTED'
  /** The community was left, or archiving was switched off, in the middle of the run. */
  | 'STOPPED'
  /** The disk has too little space left. */
  | 'DISK_FULL'
  /** The community's archives would take more than its quota. */
  | 'QUOTA_EXCEEDED'
  /** The system refused access to a file. */
  | 'ACCESS_DENIED'
  /** The files of the version before are missing or are not what was recorded. */
  | 'FILES_DAMAGED'
  /** Too many files are open. */
  | 'TOO_MANY_OPEN_FILES'
  /** Anything else; the node's own log has the details. */
  | 'INTERNAL'

/** Why the torrent client cannot serve a torrent. */
export type SeedingFailureCode =
  /** A file of the torrent does not exist. */
  | 'FILES_MISSING'
  /** A file of the torrent is shorter than recorded. */
  | 'FILES_TOO_SHORT'
  /** A piece does not have the hash that the torrent names. */
  | 'PIECES_DAMAGED'
  /** The system failed to read a file. */
  | 'READ_FAILED'
  /** The system refused access to a file. */
  | 'ACCESS_DENIED'
  /** Too many files are open. */
  | 'TOO_MANY_OPEN_FILES'
  /** The torrent client did not answer in time. */
  | 'TIMED_OUT'
  /** Anything else; the node's own log has the details. */
  | 'INTERNAL'

const DAMAGE: ReadonlySet<SeedingFailureCode> = new Set([
  'FILES_MISSING',
  'FILES_TOO_SHORT',
  'PIECES_DAMAGED',
  'READ_FAILED',
])

/** Whether the code says that the files are not what was recorded, so that repair is called for. */
export function isDamage(code: SeedingFailureCode): boolean {
  return DAMAGE.has(code)
}

/** Why a member does not believe a link. */
export type LinkRefusalCode =
  /** It is no magnet link of one torrent. */
  | 'MAGNET_MALFORMED'
  /** It names another community. */
  | 'OTHER_COMMUNITY'
  /** It leads into the local network, which is not allowed. */
  | 'ADDRESS_REFUSED'
  /** The signature is not that of the link. */
  | 'SIGNATURE_INVALID'
  /** Somebody else signed than who may. */
  | 'SIGNER_UNKNOWN'
  /** Another link has the same clock. */
  | 'CLOCK_CONFLICT'
  /** The clock is more than a day ahead. */
  | 'CLOCK_AHEAD'

/** Why a download does not get on. */
export type DownloadFailureCode =
  /** No peer of the torrent was found. */
  | 'NO_PEERS'
  /** Peers were found, and none gave the torrent's metadata. */
  | 'NO_METADATA'
  /** The torrent's metadata is longer than any that is taken. */
  | 'METADATA_TOO_LARGE'
  /** It is no torrent of a community's archives. */
  | 'TORRENT_MALFORMED'
  /** The index is not what it has to be. */
  | 'INDEX_MALFORMED'
  /** The index is encrypted, and there is no key for it. */
  | 'ENCRYPTED'
  /** Peers are connected, and none of them has what is wanted. */
  | 'PEERS_WITHOUT_PIECES'
  /** There were peers with the pieces, and none gave one for too long. */
  | 'STALLED'
  /** The version would take more than the community's quota. */
  | 'QUOTA_EXCEEDED'
  /** The disk has too little space left. */
  | 'DISK_FULL'
  /** The system failed to write a file. */
  | 'WRITE_FAILED'
  /** The system failed to read a file. */
  | 'READ_FAILED'
  /** The system refused access to a file. */
  | 'ACCESS_DENIED'
  /** Too many files are open. */
  | 'TOO_MANY_OPEN_FILES'
  /** Anything else; the node's own log has the details. */
  | 'INTERNAL'

/** Why an archive that was fetched cannot be taken over. */
export type QuarantineCode =
  /** Its pieces do not have the hashes that the torrent names. */
  | 'PIECES_DAMAGED'
  /** It is no archive. */
  | 'ARCHIVE_MALFORMED'
  /** It is encrypted, and there is no key for it. */
  | 'ENCRYPTED'
  /** A message was sent outside of its range. */
  | 'MESSAGE_OUT_OF_RANGE'
  /** A message has a topic that is none of its own. */
  | 'FOREIGN_TOPIC'
  /** It, or a message in it, is longer than any that is taken. */
  | 'TOO_LARGE'
  /** The system failed to read a file. */
  | 'READ_FAILED'
  /** Anything else; the node's own log has the details. */
  | 'INTERNAL'

/** Why no links come from a node that is followed. It is tried again. */
export type FollowFailureCode =
  /** Its host is on this machine or its network, which is not allowed. */
  | 'ADDRESS_REFUSED'
  /** Its name stands for no address. */
  | 'HOST_NOT_FOUND'
  /** No connection came about, or it broke. */
  | 'UNREACHABLE'
  /** It did not answer in time, or fell silent. */
  | 'TIMED_OUT'
  /** It asks for a token, or another one. */
  | 'UNAUTHORIZED'
  /** What answers there turned the WebSocket away. */
  | 'HANDSHAKE_REFUSED'
  /** What it sends is no GraphQL over WebSocket. */
  | 'PROTOCOL_VIOLATED'
  /** It sent a message longer than any that is read. */
  | 'MESSAGE_TOO_LONG'
  /** It answered with an error. */
  | 'REMOTE_ERROR'
  /** Its log is another than before: everything is read anew. */
  | 'CURSOR_LOST'
  /** It sent too much that is not believed. */
  | 'TOO_MANY_REFUSED'
  /** It closed the connection or ended the subscription. */
  | 'CLOSED'
  /** This node failed; its own log has the details. */
  | 'INTERNAL'
