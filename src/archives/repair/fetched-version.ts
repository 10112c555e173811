import type { ArchiveEntry } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { ArchiveVersion } from '../packing/previous-version.ts'

/** An archive of which all pieces should be here. */
export interface ExpectedArchive {
  readonly entry: Pick<ArchiveEntry, 'id' | 'offset' | 'rawBytes' | 'paddingBytes'>
}

/** A version that was fetched, whose `data` may have holes. */
export interface FetchedVersion {
  /** The folder that holds one folder a community. */
  readonly archivesDir: string
  readonly communityId: CommunityId
  readonly version: ArchiveVersion & { readonly indexBytes: number }
  /** Those of its generation that are recorded as here, by offset; what the version's own index does not name is passed over. */
  readonly archives: readonly ExpectedArchive[]
  /** The format's own unless a test wants them small. */
  readonly pieceBytes?: number
}
