import type { Kysely } from 'kysely'
import type { ArchiveEntry } from '../domain/archive.ts'
import type { CommunityId } from '../domain/community-id.ts'
import type { ContentTopic } from '../domain/content-topic.ts'
import type { UnixSeconds } from '../domain/time.ts'
import type { ReadModels } from './read-models.ts'

/** An archive with all that it takes to make its bytes again. */
export interface RecordedArchiveRow {
  readonly entry: ArchiveEntry
  /** All topics that the community had when it was packed, in its own order. */
  readonly contentTopics: readonly ContentTopic[]
  /** Its messages have higher sequence numbers: 0, unless it was packed from late messages alone. */
  readonly recordedAfter: number
  /** The sequence number of the newest message that its run looked at. */
  readonly recordedUpTo: number
}

/** The archives of a version of the newest generation, by offset; of an older generation none are known. */
export async function readRecordedArchives(
  db: Kysely<ReadModels>,
  communityId: CommunityId,
  { generation, dataBytes }: { readonly generation: number; readonly dataBytes: number },
): Promise<readonly RecordedArchiveRow[]> {
  const rows = await db
    .selectFrom('archives')
    .innerJoin('versions', (version) =>
      version
        .onRef('versions.community_id', '=', 'archives.community_id')
        .onRef('versions.info_hash', '=', 'archives.info_hash'),
    )
    .innerJoin('runs', 'runs.run_id', 'versions.run_id')
    .select([
      'archives.archive_id as id',
      'archives.from_second as from',
      'archives.to_second as to',
      'archives.offset',
      'archives.raw_bytes as rawBytes',
      'archives.padding_bytes as paddingBytes',
      'archives.messages',
      'archives.sha256',
      'versions.from_second as runFrom',
      'versions.recorded_up_to as recordedUpTo',
      'runs.recorded_after as recordedAfter',
      'runs.content_topics as contentTopics',
    ])
    .where('archives.community_id', '=', communityId)
    .where('archives.generation', '=', generation)
    .where('archives.offset', '<', dataBytes)
    .orderBy('archives.offset')
    .$narrowType<{ messages: number; sha256: string; runFrom: UnixSeconds; recordedUpTo: number }>() // A run made them.
    .execute()
  return rows.map(({ runFrom, recordedUpTo, recordedAfter, contentTopics, ...entry }) => ({
    entry,
    contentTopics: JSON.parse(contentTopics) as ContentTopic[], // The projection wrote it from a value of this type.
    // What lies before the range of its run came late.
    recordedAfter: entry.from < runFrom ? recordedAfter : 0,
    recordedUpTo,
  }))
}
