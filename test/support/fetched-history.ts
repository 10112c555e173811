import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dataPathOf, heldPathOf, indexPathOf, torrentPathOf } from '../../src/archives/archive-paths.ts'
import { checkReceivedIndex, type ReceivedArchive } from '../../src/archives/receiving/check-received-index.ts'
import { NO_KEYS } from '../../src/archives/receiving/payload-cipher.ts'
import type { Stores } from '../../src/app/stores.ts'
import { PIECE_BYTES } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { magnetUriOf, type Clock } from '../../src/domain/magnet.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { parseTorrentFile, type Torrent } from '../../src/formats/torrent-parser.ts'
import { endRun, startRun } from './archive-run.ts'
import { openRunStores } from './begun-run.ts'
import { at } from './community-facts.ts'
import { downloadId, importId } from './member-facts.ts'
import { SAMPLE_TOPIC, sampleMessages } from './sample-message.ts'
import { metaOf } from './sample-wishes.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'

/** The history of three weeks, an archive of two pieces each, as its control node published it. */
export interface PublishedHistory {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly messages: readonly Message[]
  readonly torrent: Torrent
  readonly archives: readonly ReceivedArchive[]
  readonly files: Readonly<Record<'data' | 'index' | 'torrent', Buffer>>
  /** The data directory of the control node, closed. */
  readonly dataDir: string
}

/**
 * Packs the history in a data directory of its own.
 *
 * @param of A community that has another history elsewhere; a new one where nothing is said.
 * @param letter What its messages are full of.
 */
export async function publishHistory(of: CommunityId | null = null, letter = 'a'): Promise<PublishedHistory> {
  const dataDir = createTemporaryFolder()
  const { stores, close } = await openRunStores(dataDir)
  const communityId = of ?? (await stores.keys.createCommunity())
  await addCommunity(stores, communityId, 'CONTROL_NODE')
  const messages = [0, 1, 2].flatMap((week) =>
    sampleMessages(8, { timestamp: at(week) }).map((message) => {
      return { ...message, payload: Buffer.concat([message.payload, Buffer.alloc(20_000, letter + week)]) }
    }),
  )
  await stores.messages.record(communityId, messages)
  const { infoHash } = await endRun(stores, await startRun(stores, communityId, at(0), at(3)))
  const { archivesDir } = stores
  const files = {
    data: readFileSync(dataPathOf(archivesDir, communityId, 1)),
    index: readFileSync(indexPathOf(archivesDir, communityId, infoHash)),
    torrent: readFileSync(torrentPathOf(archivesDir, communityId, infoHash)),
  }
  const torrent = valueOf(parseTorrentFile(files.torrent))
  const { archives } = valueOf(await checkReceivedIndex(files.index, torrent, NO_KEYS))
  await close()
  return { communityId, infoHash, messages, torrent, archives, files, dataDir }
}

/** Adds a community that opted in. */
export async function addCommunity(
  { execute }: Pick<Stores, 'execute'>,
  communityId: CommunityId,
  role: 'CONTROL_NODE' | 'MEMBER',
): Promise<void> {
  const wish = { type: 'AddCommunity', communityId, role, archiving: true } as const
  valueOf(await execute({ ...wish, contentTopics: [SAMPLE_TOPIC] }, metaOf()))
}

/** When it is told of: later than whatever was dispatched in a test. */
const LATE = 1_900_000_000_000

/** Where the files of a fetched version are. */
export type FetchedPaths = Readonly<Record<'data' | 'held' | 'index' | 'torrent', string>>

interface FetchOptions {
  readonly generation?: number
  readonly wanted?: readonly ReceivedArchive[]
  /** Its number. */
  readonly download?: number
}

/** Has a member of the community fetch archives, all unless it is told otherwise, and records it. Nobody serves it yet. */
export async function fetchHistory(
  { execute, archivesDir }: Pick<Stores, 'execute' | 'archivesDir'>,
  { communityId, infoHash, torrent, archives, files }: PublishedHistory,
  { generation = 1, wanted = archives, download: n = 1 }: FetchOptions = {},
): Promise<FetchedPaths> {
  const paths = fetchedPathsOf(archivesDir, { communityId, infoHash }, generation)
  mkdirSync(torrentPathOf(archivesDir, communityId, infoHash).replace(/torrent$/, ''), { recursive: true })
  writeFileSync(paths.index, files.index)
  writeFileSync(paths.torrent, files.torrent)
  const [data, held] = [Buffer.alloc(files.data.length), Buffer.alloc((files.data.length / PIECE_BYTES) * 20)]
  for (const { offset, sizeBytes } of wanted) {
    files.data.copy(data, offset, offset, offset + sizeBytes)
    const [from, to] = [(offset / PIECE_BYTES) * 20, ((offset + sizeBytes) / PIECE_BYTES) * 20]
    held.set(torrent.pieces.subarray(from, to), from)
  }
  writeFileSync(paths.data, data)
  writeFileSync(paths.held, held)
  const magnetUri = magnetUriOf(infoHash, communityId, [])
  const proof = { publicKey: communityId.slice(2), signature: 'b2'.repeat(64), signedTextSha256: null }
  const link = { clock: LATE as Clock, infoHash, magnetUri, origin: { type: 'SUBMITTED' }, proof } as const
  valueOf(await execute({ type: 'ReceiveMagnetlink', communityId, ...link, now: LATE as UnixMillis }, metaOf()))
  const id = downloadId(n)
  const wish = { downloadId: id, selection: null, occasion: 'REQUEST', protocolEnabled: true } as const
  valueOf(await execute({ type: 'StartDownload', communityId, ...wish }, metaOf()))
  const entries = wanted.map(({ contentTopics: _, ...entry }) => entry)
  const told = { downloadId: id, generation, archives: entries }
  valueOf(await execute({ type: 'RecordArchivesDownloaded', communityId, ...told }, metaOf()))
  const { dataBytes, indexBytes } = torrent
  const counts = { archives: archives.length, heldArchives: wanted.length }
  const download = { downloadId: id, generation, dataBytes, indexBytes, ...counts }
  valueOf(await execute({ type: 'RecordDownloadFinished', communityId, download }, metaOf()))
  return paths
}

export function fetchedPathsOf(
  archivesDir: string,
  { communityId, infoHash }: Pick<PublishedHistory, 'communityId' | 'infoHash'>,
  generation = 1,
): FetchedPaths {
  return {
    data: dataPathOf(archivesDir, communityId, generation),
    held: heldPathOf(archivesDir, communityId, generation),
    index: indexPathOf(archivesDir, communityId, infoHash),
    torrent: torrentPathOf(archivesDir, communityId, infoHash),
  }
}

/** Records that all of the history was taken over. */
export async function recordTakenOver(
  { execute }: Pick<Stores, 'execute'>,
  { communityId, archives }: PublishedHistory,
): Promise<void> {
  const id = importId(1)
  valueOf(await execute({ type: 'StartImport', communityId, importId: id, protocolEnabled: true }, metaOf()))
  const counts = { messages: 8, added: 8, removed: 0, sha256: 'ab'.repeat(32) }
  for (const { id: archiveId } of archives) {
    const told = { type: 'RecordArchiveImported', communityId, importId: id, archiveId, ...counts } as const
    valueOf(await execute(told, metaOf()))
  }
  valueOf(await execute({ type: 'RecordImportFinished', communityId, importId: id }, metaOf()))
}
