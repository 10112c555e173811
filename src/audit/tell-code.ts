import type {
  ArchiveFailureCode,
  DownloadFailureCode,
  LinkRefusalCode,
  QuarantineCode,
  SeedingFailureCode,
} from '../domain/failure-codes.ts'
import { tellBytes, tellNumber } from './in-words.ts'

type Code = ArchiveFailureCode | SeedingFailureCode | LinkRefusalCode | DownloadFailureCode | QuarantineCode

const CODES: Readonly<Record<Code, string>> = {
  INTERRUPTED: 'the node ended in the middle of it',
  STOPPED: 'it was stopped by a wish',
  DISK_FULL: 'the disk has too little space',
  QUOTA_EXCEEDED: 'it would take more space than the community may',
  ACCESS_DENIED: 'the system refused access to a file',
  FILES_DAMAGED: 'the files of before are missing or damaged',
  TOO_MANY_OPEN_FILES: 'too many files are open',
  INTERNAL: "an unexpected error, which the node's own log has",
  FILES_MISSING: 'a file is missing',
  FILES_TOO_SHORT: 'a file is too short',
  PIECES_DAMAGED: 'some bytes are not what they should be',
  READ_FAILED: 'a file cannot be read',
  WRITE_FAILED: 'a file cannot be written',
  TIMED_OUT: 'the torrent client did not answer in time',
  MAGNET_MALFORMED: 'it is no magnet link of one torrent',
  OTHER_COMMUNITY: 'it names another community',
  ADDRESS_REFUSED: 'it leads into the local network',
  SIGNATURE_INVALID: 'its signature is wrong',
  SIGNER_UNKNOWN: 'somebody signed it who may not',
  CLOCK_CONFLICT: 'it claims the same moment as another link',
  CLOCK_AHEAD: 'it claims to be from more than a day in the future',
  NO_PEERS: 'nobody was found who has it',
  NO_METADATA: 'nobody told what the torrent is made of',
  METADATA_TOO_LARGE: 'the description of the torrent is too long',
  TORRENT_MALFORMED: "it is no torrent of a community's archives",
  INDEX_MALFORMED: 'its list of archives is wrong',
  ENCRYPTED: 'it is encrypted, and there is no key',
  PEERS_WITHOUT_PIECES: 'nobody who is connected has what is missing',
  STALLED: 'nothing came for too long',
  ARCHIVE_MALFORMED: 'it is no archive',
  MESSAGE_OUT_OF_RANGE: 'a message in it is from another time',
  FOREIGN_TOPIC: 'a message in it has a topic of somebody else',
  TOO_LARGE: 'it is too large',
}

/** Why something failed. What is no code of a failure is the name of a refusal, which is told as it is. */
export function tellCode(code: string): string {
  return isCode(code) ? CODES[code] : spaced(code)
}

/** The numbers of a failure. @example tellNumbers({ freeBytes: 2_000 }) // ' (free: 2.0 kB)' */
export function tellNumbers(numbers: Readonly<Record<string, number>>): string {
  const told = Object.entries(numbers).map(([name, number]) =>
    name.endsWith('Bytes')
      ? `${spaced(name.slice(0, -5))}: ${tellBytes(number)}`
      : `${spaced(name)}: ${tellNumber(number)}`,
  )
  return told.length === 0 ? '' : ` (${told.join(', ')})`
}

function isCode(code: string): code is Code {
  return Object.hasOwn(CODES, code)
}

/** @example spaced('NoArchiveYet') // 'no archive yet' */
function spaced(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
}
