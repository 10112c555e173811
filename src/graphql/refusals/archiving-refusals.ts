import { formatDateTime, millisOf } from '../scalars/date-time.ts'
import { field, timeField, type RefusalSpecs } from './refusal-spec.ts'

const time = (second: Parameters<typeof millisOf>[0]): string => formatDateTime(millisOf(second))

/** Refusals of createArchive alone. */
export const archivingRefusals: RefusalSpecs<
  | 'NotControlNode'
  | 'ArchivingIsDisabled'
  | 'ProtocolIsDisabled'
  | 'NoContentTopics'
  | 'ArchiveCreationRunning'
  | 'RangeNotNext'
  | 'RangeEmpty'
  | 'RangeInFuture'
  | 'NoMessagesYet'
  | 'DiskTooFull'
  | 'QuotaExceeded'
  | 'NodeQuotaExceeded'
> = {
  NotControlNode: {
    description: 'Only a control node creates archives and dispatches magnet links.',
    message: (_refusal, where) =>
      `${where} has its control node elsewhere; here this node is a MEMBER: ask the control node, or leave it and add it again as CONTROL_NODE.`,
    fields: {},
  },
  ArchivingIsDisabled: {
    description: 'The community did not opt in to archiving.',
    message: (_refusal, where) => `${where} has archiving disabled: enable it first with enableArchiving.`,
    fields: {},
  },
  ProtocolIsDisabled: {
    description: 'Archiving is switched off for the whole node.',
    message: (_refusal, where) => `${where} cannot be archived while the protocol is off: enableProtocol turns it on.`,
    fields: {},
  },
  NoContentTopics: {
    description: 'Without content topics no message belongs to the community.',
    message: (_refusal, where) => `${where} has no content topics: give it some with changeContentTopics.`,
    fields: {},
  },
  ArchiveCreationRunning: {
    description: 'Another run of this community has not ended yet.',
    message: ({ runId }, where) => `${where} is being archived by run ${runId}: try again when it has ended.`,
    fields: {
      runId: field('RunId', 'The run that goes on.', ({ runId }) => runId),
    },
  },
  RangeNotNext: {
    description:
      'Runs are contiguous: this one begins where the last ended, or for the first run not after the oldest message.',
    message: ({ expectedFrom }, where) =>
      `${where} is to be archived from ${time(expectedFrom)} on: give that as "from", or leave it out.`,
    fields: {
      expectedFrom: timeField('Where the run has to begin. The first run may begin earlier.', ({ expectedFrom }) =>
        millisOf(expectedFrom),
      ),
    },
  },
  RangeEmpty: {
    description: 'The range ends where it begins, or before.',
    message: ({ from, to }) => `The range from ${time(from)} to ${time(to)} holds no time: "from" must be before "to".`,
    fields: {
      from: timeField('Where it begins.', ({ from }) => millisOf(from)),
      to: timeField('Where it ends.', ({ to }) => millisOf(to)),
    },
  },
  RangeInFuture: {
    description: 'The range ends later than now.',
    message: ({ now }) => `The range ends in the future: "to" must be ${time(now)} or before.`,
    fields: {
      now: timeField('The time at this node when it was asked.', ({ now }) => millisOf(now)),
    },
  },
  NoMessagesYet: {
    description: "No message of the community's topics is recorded, so there is nowhere to begin.",
    message: (_refusal, where) => `${where} has no recorded message: record some, or give "from" and "to".`,
    fields: {},
  },
  DiskTooFull: {
    description: 'The disk has too little space left for the archives.',
    message: ({ neededBytes, freeBytes }, where) =>
      `${where} needs ${neededBytes} bytes for its next archive and what is recorded with it, and ${freeBytes} are free: make room on the disk.`,
    fields: {
      neededBytes: field('ByteCount', 'How much has to be free.', ({ neededBytes }) => neededBytes),
      freeBytes: field('ByteCount', 'How much is free.', ({ freeBytes }) => freeBytes),
    },
  },
  QuotaExceeded: {
    description: "The community's archives would take more than its quota.",
    message: ({ neededBytes, quotaBytes }, where) =>
      `${where} would take ${neededBytes} bytes with its next archive, and its quota is ${quotaBytes}: raise quotaBytes with changeSettings.`,
    fields: {
      neededBytes: field(
        'ByteCount',
        'What the newest version would take at most: data, index and torrent.',
        ({ neededBytes }) => neededBytes,
      ),
      quotaBytes: field('ByteCount', 'What it may take.', ({ quotaBytes }) => quotaBytes),
    },
  },
  NodeQuotaExceeded: {
    description: "The archives and messages of all communities would take more than the node's disk quota.",
    message: ({ neededBytes, nodeQuotaBytes }, where) =>
      `${where} would bring the node to ${neededBytes} bytes with its next archive, and the disk quota of the node is ${nodeQuotaBytes}: set SEEDBANK_DISK_QUOTA higher, or purge communities that were left.`,
    fields: {
      neededBytes: field(
        'ByteCount',
        'What archives and messages would take at most.',
        ({ neededBytes }) => neededBytes,
      ),
      nodeQuotaBytes: field('ByteCount', 'What they may take.', ({ nodeQuotaBytes }) => nodeQuotaBytes),
    },
  },
}
