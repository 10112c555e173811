import type {
  DownloadFailureCode as DownloadCode,
  FollowFailureCode as FollowCode,
  LinkRefusalCode as LinkCode,
  QuarantineCode as Quarantine,
} from '../../domain/failure-codes.ts'
import type { DownloadEnd as End, LinkOrigin as Origin } from '../../domain/member-events.ts'
import { builder } from '../builder.ts'

interface Described {
  readonly description: string
}

const accessDenied = { description: 'The system refused access to a file.' }
const tooManyOpenFiles = { description: 'Too many files are open.' }
const readFailed = { description: 'The system failed to read a file.' }
const internal = { description: "Anything else; the node's own log has the details." }

const linkCodes: Readonly<Record<LinkCode, Described>> = {
  MAGNET_MALFORMED: { description: 'It is no magnet link of one torrent.' },
  OTHER_COMMUNITY: { description: 'It names another community.' },
  ADDRESS_REFUSED: { description: 'It leads into the local network, which is not allowed.' },
  SIGNATURE_INVALID: { description: 'The signature is not that of the link.' },
  SIGNER_UNKNOWN: { description: 'Somebody else signed than who may.' },
  CLOCK_CONFLICT: { description: 'Another link has the same clock.' },
  CLOCK_AHEAD: { description: 'The clock is more than a day ahead.' },
}

const followCodes: Readonly<Record<FollowCode, Described>> = {
  ADDRESS_REFUSED: { description: 'Its host is on this machine or its network, which is not allowed.' },
  HOST_NOT_FOUND: { description: 'Its name stands for no address.' },
  UNREACHABLE: { description: 'No connection came about, or it broke.' },
  TIMED_OUT: { description: 'It did not answer in time, or fell silent.' },
  UNAUTHORIZED: { description: 'It asks for a token, or another one.' },
  HANDSHAKE_REFUSED: { description: 'What answers there turned the WebSocket away.' },
  PROTOCOL_VIOLATED: { description: 'What it sends is no GraphQL over WebSocket.' },
  MESSAGE_TOO_LONG: { description: 'It sent a message longer than any that is read.' },
  REMOTE_ERROR: { description: 'It answered with an error.' },
  CURSOR_LOST: { description: 'Its log is another than before: everything is read anew.' },
  TOO_MANY_REFUSED: { description: 'It sent too much that is not believed.' },
  CLOSED: { description: 'It closed the connection or ended the subscription.' },
  INTERNAL: internal,
}

const downloadCodes: Readonly<Record<DownloadCode, Described>> = {
  NO_PEERS: { description: 'No peer of the torrent was found.' },
  NO_METADATA: { description: "Peers were found, and none gave the torrent's metadata." },
  METADATA_TOO_LARGE: { description: "The torrent's metadata is longer than any that is taken." },
  TORRENT_MALFORMED: { description: "It is no torrent of a community's archives." },
  INDEX_MALFORMED: { description: 'The index is not what it has to be.' },
  ENCRYPTED: { description: 'The index is encrypted, and there is no key for it.' },
  PEERS_WITHOUT_PIECES: { description: 'Peers are connected, and none of them has what is wanted.' },
  STALLED: { description: 'There were peers with the pieces, and none gave one for too long.' },
  QUOTA_EXCEEDED: { description: "The version would take more than the community's quota." },
  DISK_FULL: { description: 'The disk has too little space left.' },
  WRITE_FAILED: { description: 'The system failed to write a file.' },
  READ_FAILED: readFailed,
  ACCESS_DENIED: accessDenied,
  TOO_MANY_OPEN_FILES: tooManyOpenFiles,
  INTERNAL: internal,
}

const quarantineCodes: Readonly<Record<Quarantine, Described>> = {
  PIECES_DAMAGED: { description: 'Its pieces do not have the hashes that the torrent names.' },
  ARCHIVE_MALFORMED: { description: 'It is no archive.' },
  ENCRYPTED: { description: 'It is encrypted, and there is no key for it.' },
  MESSAGE_OUT_OF_RANGE: { description: 'A message was sent outside of its range.' },
  FOREIGN_TOPIC: { description: 'A message has a topic that is none of its own.' },
  TOO_LARGE: { description: 'It, or a message in it, is longer than any that is taken.' },
  READ_FAILED: readFailed,
  INTERNAL: internal,
}

const ends: Readonly<Record<End, Described>> = {
  REQUESTED: { description: 'An operator cancelled it.' },
  SUPERSEDED: { description: 'A newer link, or a wish for other archives, took its place.' },
  LEFT: { description: 'The community was left.' },
}

const origins: Readonly<Record<Origin['type'], Described>> = {
  FOLLOWED: { description: 'From a node that is followed.' },
  SUBMITTED: { description: 'From a client, with submitMagnetlink.' },
  DHT: { description: 'From the distributed hash table of BitTorrent.' },
}

export const LinkRefusalCode = builder.enumType('LinkRefusalCode', {
  description: 'Why a member does not believe a link.',
  values: linkCodes,
})

export const FollowFailureCode = builder.enumType('FollowFailureCode', {
  description: 'Why a node that is followed is not listened to at the moment.',
  values: followCodes,
})

export const DownloadFailureCode = builder.enumType('DownloadFailureCode', {
  description: 'Why a download does not get on.',
  values: downloadCodes,
})

export const QuarantineCode = builder.enumType('QuarantineCode', {
  description: 'Why an archive that was fetched cannot be taken over.',
  values: quarantineCodes,
})

export const DownloadEnd = builder.enumType('DownloadEnd', {
  description: 'Why a download ended before its time.',
  values: ends,
})

export const LinkOrigin = builder.enumType('LinkOrigin', {
  description: 'How a member learnt of a link.',
  values: origins,
})
