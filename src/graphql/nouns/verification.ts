import { builder } from '../builder.ts'
import { longList } from '../limits/item-count.ts'
import { ArchiveFailureCode } from '../scalars/failure-codes.ts'
import type {
  EndedVerification,
  MendedPart as Mended,
  RunningVerification,
  VerificationStage as Stage,
  VerifiedVersion as Verified,
} from '../verifications.ts'
import { Community } from './community.ts'
import { Damage, RepairedPart, RepairSource } from './damage.ts'

const stages: { readonly [Each in Stage]: { readonly description: string } } = {
  WAITING: { description: 'It waits for the disk, or for the verification before it.' },
  CHECKING: { description: 'The pieces are hashed, the first time or after they were mended.' },
  REPAIRING: { description: 'What is damaged is made again, from recorded messages and the log.' },
  FETCHING: { description: 'What could not be made again is fetched from peers.' },
}

const VerificationStage = builder.enumType('VerificationStage', {
  description: 'What a verification does.',
  values: stages,
})

/** A verification that is under way. */
export const Verification = builder.objectRef<RunningVerification>('Verification').implement({
  description: "A check of a community's files that goes on. Sampled, never recorded.",
  fields: (t) => ({
    verificationId: t.expose('verificationId', { type: 'Uuid', description: 'Its id.' }),
    stage: t.expose('stage', { type: VerificationStage, description: 'What it does.' }),
    checkedBytes: t.expose('checkedBytes', { type: 'ByteCount', description: 'How much was hashed.' }),
    totalBytes: t.expose('totalBytes', {
      type: 'ByteCount',
      description: 'How much there is to hash. It grows by what is hashed again after it was mended.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it was asked for.' }),
  }),
})

const MendedPart = builder.objectRef<Mended>('MendedPart').implement({
  description: 'A part that was damaged, and is again what was recorded.',
  fields: (t) => ({
    part: t.expose('part', { type: RepairedPart, description: 'What was mended.' }),
    archiveId: t.expose('archiveId', {
      type: 'ArchiveId',
      nullable: true,
      description: 'Which archive; null for another part.',
    }),
    pieces: t.exposeInt('pieces', { description: 'How many pieces were written.' }),
    source: t.expose('source', { type: RepairSource, description: 'Where the right bytes came from.' }),
  }),
})

const VerifiedVersion = builder.objectRef<Verified>('VerifiedVersion').implement({
  description: 'What a verification found of one version, and what became of it.',
  fields: (t) => ({
    infoHash: t.expose('infoHash', { type: 'InfoHash', description: 'The torrent of the version.' }),
    pieces: t.exposeInt('pieces', {
      nullable: true,
      description: 'How many pieces it has; null where it could not be checked.',
    }),
    damage: t.expose('damage', {
      type: Damage,
      nullable: true,
      description: 'What was found; null where all was as it was recorded, or it could not be checked.',
    }),
    mended: t.expose('mended', {
      type: [MendedPart],
      description: 'What was mended.',
      ...longList('DAMAGED_ARCHIVES'),
    }),
    remaining: t.expose('remaining', {
      type: Damage,
      nullable: true,
      description: 'What is damaged still; null where nothing is known to be.',
    }),
    code: t.expose('code', {
      type: ArchiveFailureCode,
      nullable: true,
      description: 'Why it could not be checked, or not be mended to the end; null where nothing failed.',
    }),
  }),
})

const VerificationReport = builder.objectRef<EndedVerification>('VerificationReport').implement({
  description: "A check of a community's files that has ended. Kept until the next one ends, or the process does.",
  fields: (t) => ({
    verificationId: t.expose('verificationId', { type: 'Uuid', description: 'Its id.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it was asked for.' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', description: 'When it ended.' }),
    versions: t.expose('versions', {
      type: [VerifiedVersion],
      description: 'The versions that were checked, the newest first; none where it was stopped before.',
    }),
  }),
})

builder.objectFields(Community, (t) => ({
  verification: t.field({
    type: Verification,
    nullable: true,
    description: 'The check of its files that goes on; null when none does.',
    resolve: ({ communityId }, _args, { verifications }) => verifications.running(communityId),
  }),
  lastVerification: t.field({
    type: VerificationReport,
    nullable: true,
    description: 'The check of its files that ended last; null where none did since the node started.',
    resolve: ({ communityId }, _args, { verifications }) => verifications.last(communityId),
  }),
}))
