import { join } from 'node:path'
import type { FileSteps } from '../../src/archives/file-steps.ts'
import type { MessageSource } from '../../src/archives/packing/message-source.ts'
import { packArchives } from '../../src/archives/packing/pack-archives.ts'
import type { PackedArchives, PackingRequest } from '../../src/archives/packing/packing-request.ts'
import type { MessagesOfRange, ReadMessagesOfRange } from '../../src/archives/repair/recorded-messages.ts'
import type { RecordedArchive, RecordedVersion } from '../../src/archives/repair/recorded-version.ts'
import type { RepairRequest } from '../../src/archives/repair/repair-version.ts'
import type { ArchiveEntry } from '../../src/domain/archive.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'
import type { EncodedMessage } from '../../src/formats/message-encoding.ts'
import { encodedMessage } from './encoded-message.ts'
import { sampleMessage, SAMPLE_TOPIC } from './sample-message.ts'
import { smallHistory } from './small-history.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { UNSYNCED } from './unsynced-file-steps.ts'
import { valueOf } from './value-of.ts'

/** A message as the store keeps it. */
export interface StoredMessage {
  readonly sequence: number
  readonly message: Message
}

/** The length of its pieces. */
export const PIECE_LENGTH = 256

const OTHER_TOPIC = '0x0badcafe' as ContentTopic
const TOPICS = [OTHER_TOPIC, SAMPLE_TOPIC]

/** What was recorded at each sequence number: before the first run, before the second with late ones, and after it. */
const PLAN = [
  { from: 0, to: 100, topic: SAMPLE_TOPIC },
  { from: 10, to: 40, topic: OTHER_TOPIC },
  { from: 100, to: 150, topic: SAMPLE_TOPIC },
  { from: 60, to: 62, topic: OTHER_TOPIC },
  { from: 0, to: 150, topic: OTHER_TOPIC },
]

/** All messages, by sequence number from 1 on. */
export const STORED: readonly StoredMessage[] = PLAN.flatMap(({ from, to, topic }) =>
  Array.from({ length: to - from }, (_, index) => ({ second: from + index, topic })),
).map(({ second, topic }, index) => {
  const [sig, payload] = [new Uint8Array(4).fill(index), new Uint8Array(20).fill(second)]
  const hash = new Uint8Array([index & 0xff, index >> 8])
  return {
    sequence: index + 1,
    message: sampleMessage({ timestamp: second as UnixSeconds, topic, sig, payload, hash }),
  }
})

const FIRST_RUN_SAW = 100
const SECOND_RUN_SAW = 182

/** Two versions of one generation: of six chunks, and of these, three more and those of late messages. */
export interface RecordedHistory {
  readonly first: RepairRequest
  readonly second: RepairRequest
}

/** Packs them into a folder that is gone when the test is over. */
export function historyOnDisk(): RecordedHistory {
  return packRecordedHistory(createTemporaryFolder(), UNSYNCED)
}

/** Packs two runs. The chunks hold 20 messages, or three to four pieces. */
export function packRecordedHistory(archivesDir: string, files: FileSteps): RecordedHistory {
  const request: PackingRequest = { ...smallHistory(archivesDir), contentTopics: TOPICS, pieceBytes: PIECE_LENGTH }
  const first = packWith(request, sourceOf(0, 0, FIRST_RUN_SAW), files)
  const next = { ...request, from: request.to, to: 150 as UnixSeconds, createdAt: 150 as UnixSeconds, previous: first }
  const second = packWith(next, sourceOf(100, FIRST_RUN_SAW, SECOND_RUN_SAW), files)
  const ofFirst = recordedOf(first, 0, 0, FIRST_RUN_SAW)
  const ofSecond = recordedOf(second, 100, FIRST_RUN_SAW, SECOND_RUN_SAW)
  return {
    first: { ...request, version: first, archives: ofFirst },
    second: { ...next, version: second, archives: [...ofFirst, ...ofSecond] },
  }
}

/** Reads stored messages, those without the missing ones. */
export function readStored(missing: (stored: StoredMessage) => boolean = () => false): ReadMessagesOfRange {
  return (range) => storedIn(range, missing).map(encodedMessage)
}

function storedIn(
  { from, to, contentTopics, recordedAfter, recordedUpTo }: MessagesOfRange,
  missing: (stored: StoredMessage) => boolean = () => false,
): readonly Message[] {
  return inOrder(
    ({ sequence, message: { timestamp, topic } }) =>
      timestamp >= from &&
      timestamp < to &&
      contentTopics.includes(topic) &&
      sequence > recordedAfter &&
      sequence <= recordedUpTo,
    missing,
  )
}

/** The messages that an archive was packed from. */
export function messagesIn(archive: RecordedArchive, { archives }: RecordedVersion): readonly Message[] {
  const { entry, contentTopics, recordedAfter, recordedUpTo } = archive
  const inRange = storedIn({ from: entry.from, to: entry.to, contentTopics, recordedAfter, recordedUpTo })
  const chunks = archives.filter((other) => isSameRange(archive, other))
  const before = chunks.slice(0, chunks.indexOf(archive))
  const start = before.reduce((sum, chunk) => sum + chunk.entry.messages, 0)
  return inRange.slice(start, start + entry.messages)
}

/** The archive with this number, from 0, or from the end. */
export function archiveAt({ archives }: RecordedVersion, index: number): ArchiveEntry {
  const archive = archives.at(index)
  if (archive === undefined) throw new Error(`There is no archive ${index}`)
  return archive.entry
}

/** Whether two archives are chunks of the same messages. */
export function isSameRange(one: RecordedArchive, other: RecordedArchive): boolean {
  return one.entry.from === other.entry.from && one.recordedUpTo === other.recordedUpTo
}

function packWith(request: PackingRequest, source: MessageSource, files: FileSteps): PackedArchives {
  const packed = valueOf(packArchives(request, source, { files }))
  if (packed === null) throw new Error('Nothing was packed')
  return packed
}

/** What a run sees that begins at `runFrom`. */
function sourceOf(runFrom: number, recordedAfter: number, recordedUpTo: number): MessageSource {
  const groups = [
    { from: 10, to: 40 },
    { from: 60, to: 62 },
  ]
  const read = (from: number, to: number, after: number): readonly EncodedMessage[] =>
    inOrder(
      ({ sequence, message: { timestamp } }) =>
        timestamp >= from && timestamp < to && sequence > after && sequence <= recordedUpTo,
      () => false,
    ).map(encodedMessage)
  return {
    inRange: (from, to) => read(from, to, 0),
    late: () =>
      groups
        .filter(({ to }) => to <= runFrom)
        .map(({ from, to }) => ({
          partition: { from: from as UnixSeconds, to: to as UnixSeconds },
          messages: read(from, to, recordedAfter),
        })),
  }
}

function inOrder(
  isRead: (stored: StoredMessage) => boolean,
  missing: (stored: StoredMessage) => boolean,
): readonly Message[] {
  return STORED.filter((stored) => isRead(stored) && !missing(stored))
    .toSorted(
      ({ message: one, sequence }, { message: other, sequence: otherSequence }) =>
        one.timestamp - other.timestamp || one.topic.localeCompare(other.topic) || sequence - otherSequence,
    )
    .map(({ message }) => message)
}

function recordedOf(
  { archives }: PackedArchives,
  runFrom: number,
  runRecordedAfter: number,
  recordedUpTo: number,
): readonly RecordedArchive[] {
  return archives.map((entry) => {
    const recordedAfter = entry.to <= runFrom ? runRecordedAfter : 0
    return { entry, contentTopics: TOPICS, recordedAfter, recordedUpTo }
  })
}

/** Where the files of a version are, and their folders. */
export function pathsOf({ archivesDir, communityId, version }: RepairRequest): Readonly<Record<PathName, string>> {
  const community = join(archivesDir, communityId)
  const folder = join(community, version.infoHash)
  const data = join(community, `data.${version.generation}`)
  return { community, folder, data, index: join(folder, 'index'), torrent: join(folder, 'torrent') }
}

export type PathName = 'community' | 'folder' | 'data' | 'index' | 'torrent'
