import type {
  ArchiveFailureCode as ArchiveCode,
  SeedingFailureCode as SeedingCode,
} from '../../domain/failure-codes.ts'
import type { UnseededReason as Reason } from '../../domain/events.ts'
import { builder } from '../builder.ts'

interface Described {
  readonly description: string
}

const accessDenied = { description: 'The system refused access to a file.' }
const tooManyOpenFiles = { description: 'Too many files are open.' }
const internal = { description: "Anything else; the node's own log has the details." }

const archiveCodes: Readonly<Record<ArchiveCode, Described>> = {
  INTERRUPTED: { description: 'The process ended in the middle of the run.' },
  STOPPED: { description: 'The community was left, or archiving was switched off, in the middle of the run.' },
  DISK_FULL: { description: 'The disk has too little space left.' },
  QUOTA_EXCEEDED: { description: "The community's archives would take more than its quota." },
  ACCESS_DENIED: accessDenied,
  FILES_DAMAGED: { description: 'The files of the version before are missing or are not what was recorded.' },
  TOO_MANY_OPEN_FILES: tooManyOpenFiles,
  INTERNAL: internal,
}

const seedingCodes: Readonly<Record<SeedingCode, Described>> = {
  FILES_MISSING: { description: 'A file of the torrent does not exist.' },
  FILES_TOO_SHORT: { description: 'A file of the torrent is shorter than recorded.' },
  PIECES_DAMAGED: { description: 'A piece does not have the hash that the torrent names.' },
  READ_FAILED: { description: 'The system failed to read a file.' },
  ACCESS_DENIED: accessDenied,
  TOO_MANY_OPEN_FILES: tooManyOpenFiles,
  TIMED_OUT: { description: 'The torrent client did not answer in time.' },
  INTERNAL: internal,
}

const reasons: Readonly<Record<Reason, Described>> = {
  REPLACED: { description: 'A newer torrent of the community took its place, and its grace ended.' },
  LEFT: { description: 'The community was left.' },
  DISABLED: { description: 'The community opted out of archiving.' },
  PROTOCOL_DISABLED: { description: 'Archiving was switched off for the whole node.' },
  OFFLINE: { description: 'The node may not use the network.' },
  REQUESTED: { description: 'An operator withdrew the seeding.' },
  DAMAGED: { description: 'Its files are not what was recorded.' },
}

export const ArchiveFailureCode = builder.enumType('ArchiveFailureCode', {
  description: 'Why a run ended without an archive.',
  values: archiveCodes,
})

export const SeedingFailureCode = builder.enumType('SeedingFailureCode', {
  description: 'Why the torrent client cannot serve a torrent.',
  values: seedingCodes,
})

export const UnseededReason = builder.enumType('UnseededReason', {
  description: 'Why a torrent is no longer served.',
  values: reasons,
})
