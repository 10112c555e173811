import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import { dataPathOf, indexPathOf } from '../../archives/archive-paths.ts'
import { checkReceivedIndex, type ReceivedArchive } from '../../archives/receiving/check-received-index.ts'
import type { ReceivedTorrent } from '../../archives/receiving/check-received-torrent.ts'
import type { PayloadCipher } from '../../archives/receiving/payload-cipher.ts'
import type { ArchiveId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { MessageStore } from '../../messages/message-store.ts'
import { readArchives } from '../../projections/archives.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readFetchedVersion } from '../../projections/versions.ts'
import { readTorrentFile } from '../downloading/received-torrent.ts'

export interface ArchivesToImportPorts {
  readonly archivesDir: string
  readonly db: Kysely<ReadModels>
  readonly imports: Pick<MessageStore['imports'], 'importedArchives'>
  readonly cipher: PayloadCipher
}

/** The newest fetched version of a community, and what of it is still to be taken over. */
export interface ArchivesToImport {
  readonly torrent: ReceivedTorrent
  readonly dataPath: string
  /** All that the version has, whether here or not. */
  readonly index: readonly ReceivedArchive[]
  /** Those that are here and were not taken over, by offset. */
  readonly waiting: readonly ReceivedArchive[]
  /** Whether one that is here, and was not taken over, is not in the index any more: it cannot be. */
  readonly isUnnamed: boolean
}

/** Why there is nothing to take over: no version was fetched, or its files are not there. */
export type NoArchivesToImport = 'NOTHING_FETCHED' | 'READ_FAILED' | 'ENCRYPTED' | 'INDEX_MALFORMED'

/**
 * Reads which archives of a community are still to be taken over. What the messages' own notes do not have was not, whatever
 * the log says: they may have been lost. What they have and the log does not is told to it: a crash came between.
 */
export async function readArchivesToImport(
  communityId: CommunityId,
  { archivesDir, db, imports, cipher }: ArchivesToImportPorts,
): Promise<ArchivesToImport | NoArchivesToImport> {
  const version = await readFetchedVersion(db, communityId)
  if (version === null) return 'NOTHING_FETCHED'
  const { infoHash, generation } = version
  const torrent = await readTorrentFile({ archivesDir, communityId, infoHash })
  const bytes = await readFile(indexPathOf(archivesDir, communityId, infoHash)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error) return null
    throw error
  })
  if (torrent === null || bytes === null) return 'READ_FAILED'
  const checked = await checkReceivedIndex(bytes, torrent, cipher)
  if (!checked.ok) return checked.error.code === 'INDEX_DAMAGED' ? 'READ_FAILED' : checked.error.code
  const index = checked.value.archives
  const here = new Map((await readArchives(db, communityId, {})).map((row) => [row.id, row.importState]))
  const imported = imports.importedArchives(communityId)
  const isWaiting = (id: ArchiveId): boolean => here.get(id) !== 'IMPORTED' || !imported.has(id)
  const waiting = index.filter(({ id }) => (here.get(id) ?? null) !== null && isWaiting(id))
  const named = new Set(index.map(({ id }) => id))
  const isUnnamed = [...here].some(([id, state]) => state !== null && isWaiting(id) && !named.has(id))
  return { torrent, dataPath: dataPathOf(archivesDir, communityId, generation), index, waiting, isUnnamed }
}
