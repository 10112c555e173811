import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import { dataPathOf, indexPathOf } from '../../archives/archive-paths.ts'
import { checkReceivedIndex, type ReceivedArchive } from '../../archives/receiving/check-received-index.ts'
import type { ReceivedTorrent } from '../../archives/receiving/check-received-torrent.ts'
import type { PayloadCipher } from '../../archives/receiving/payload-cipher.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { MessageStore } from '../../messages/message-store.ts'
import { readArchives, type ArchiveRow } from '../../projections/archives.ts'
import { readLastDownloads } from '../../projections/downloads.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readFetchedGeneration, readFetchedVersion, type AnyVersionRow } from '../../projections/versions.ts'
import { readTorrentFile } from '../downloading/received-torrent.ts'

export interface ArchivesToImportPorts {
  readonly archivesDir: string
  readonly db: Kysely<ReadModels>
  readonly imports: Pick<MessageStore['imports'], 'importedArchives'>
  readonly cipher: PayloadCipher
}

/** A fetched torrent of a community, and what of it is still to be taken over. */
export interface ArchivesToImport {
  readonly torrent: ReceivedTorrent
  readonly dataPath: string
  /** All that its index names, whether here or not. */
  readonly index: readonly ReceivedArchive[]
  /** Those that are here and were not taken over, by offset. */
  readonly waiting: readonly ReceivedArchive[]
  /** Whether one that is here, and was not taken over, is not in the index any more: it cannot be. */
  readonly isUnnamed: boolean
}

/** Why there is nothing to take over: nothing was fetched, or its files are not there. */
export type NoArchivesToImport = 'NOTHING_FETCHED' | 'READ_FAILED' | 'ENCRYPTED' | 'INDEX_MALFORMED'

/** A torrent whose index may name what is here. */
type Source = Pick<AnyVersionRow, 'communityId' | 'infoHash' | 'generation'>

/**
 * Reads which archives of a community are still to be taken over: by the index of the newest version, or of the download that
 * brought the last of them, where the version does not name them all. What the messages' own notes do not have was not taken
 * over, whatever the log says: they may have been lost. What they have and the log does not is told to it: a crash came between.
 */
export async function readArchivesToImport(
  communityId: CommunityId,
  ports: ArchivesToImportPorts,
): Promise<ArchivesToImport | NoArchivesToImport> {
  const { db } = ports
  const version = await readFetchedVersion(db, communityId)
  const rows = (await readArchives(db, communityId, {})).filter(({ importState }) => importState !== null)
  const brought = await readBrought(communityId, rows, db)
  const sources = [version, brought].filter((source) => source !== null)
  let best: ArchivesToImport | NoArchivesToImport = 'NOTHING_FETCHED'
  for (const source of sources) {
    const found = await readSource(source, rows, ports)
    if (typeof found !== 'string' && !found.isUnnamed) return found
    if (typeof best === 'string') best = found
  }
  return best
}

/** What came of a download that broke off, and is no version's yet; null where nothing did. */
async function readBrought(
  communityId: CommunityId,
  rows: readonly ArchiveRow[],
  db: Kysely<ReadModels>,
): Promise<Source | null> {
  const [last] = await readLastDownloads(db, [communityId])
  if (last === undefined || last.status === 'FINISHED') return null
  const { infoHash } = last
  if (!rows.some((row) => row.infoHash === infoHash)) return null
  return { communityId, infoHash, generation: await readFetchedGeneration(db, communityId) }
}

async function readSource(
  { communityId, infoHash, generation }: Source,
  rows: readonly ArchiveRow[],
  { archivesDir, imports, cipher }: ArchivesToImportPorts,
): Promise<ArchivesToImport | NoArchivesToImport> {
  const torrent = await readTorrentFile({ archivesDir, communityId, infoHash })
  const bytes = await readFile(indexPathOf(archivesDir, communityId, infoHash)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error) return null
    throw error
  })
  if (torrent === null || bytes === null) return 'READ_FAILED'
  const checked = await checkReceivedIndex(bytes, torrent, cipher)
  if (!checked.ok) return checked.error.code === 'INDEX_DAMAGED' ? 'READ_FAILED' : checked.error.code
  const index = checked.value.archives
  const imported = imports.importedArchives(communityId)
  const isWaiting = ({ id, importState }: ArchiveRow): boolean => importState !== 'IMPORTED' || !imported.has(id)
  const wanted = new Set(rows.filter(isWaiting).map(({ id }) => id))
  const waiting = index.filter(({ id }) => wanted.has(id))
  const dataPath = dataPathOf(archivesDir, communityId, generation)
  return { torrent, dataPath, index, waiting, isUnnamed: waiting.length < wanted.size }
}
