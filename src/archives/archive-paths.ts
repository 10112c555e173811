import { join } from 'node:path'
import type { CommunityId } from '../domain/community-id.ts'
import type { InfoHash } from '../domain/info-hash.ts'

/** Everything of one community. */
export function communityFolderOf(archivesDir: string, communityId: CommunityId): string {
  return join(archivesDir, communityId)
}

/** The file that holds the archives of all versions of a generation. */
export function dataPathOf(archivesDir: string, communityId: CommunityId, generation: number): string {
  return join(archivesDir, communityId, `data.${generation}`)
}

/** The file that says which pieces of a `data` with holes are held. A `data` that was packed here has none. */
export function heldPathOf(archivesDir: string, communityId: CommunityId, generation: number): string {
  return join(archivesDir, communityId, `held.${generation}`)
}

/** The folder of one version: its `index`, its `torrent` and its `stamp`. */
export function versionFolderOf(archivesDir: string, communityId: CommunityId, infoHash: InfoHash): string {
  return join(archivesDir, communityId, infoHash)
}

/** The index of one version. */
export function indexPathOf(archivesDir: string, communityId: CommunityId, infoHash: InfoHash): string {
  return join(versionFolderOf(archivesDir, communityId, infoHash), 'index')
}

/** What one version's files, or the part that is older than it, were like when they were hashed and found good. */
export function stampPathOf(archivesDir: string, communityId: CommunityId, infoHash: InfoHash): string {
  return join(versionFolderOf(archivesDir, communityId, infoHash), 'stamp')
}

/** The torrent file of one version. */
export function torrentPathOf(archivesDir: string, communityId: CommunityId, infoHash: InfoHash): string {
  return join(versionFolderOf(archivesDir, communityId, infoHash), 'torrent')
}
