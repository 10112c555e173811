import { PIECE_BYTES } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { infoHashOf, type TorrentInfo } from '../../formats/torrent-file.ts'
import { parseInfo, type MalformedTorrent } from '../../formats/torrent-parser.ts'

/** The longest info dictionary that is taken from peers, as it is parsed at once: its piece hashes are those of 42 GB. */
export const MAX_INFO_BYTES = 8_388_608

/** The longest index that is fetched, as it is decoded at once: that of 25 years of weeks with 1,024 topics. */
export const MAX_INDEX_BYTES = 8_388_608

/** What a link promised. */
export interface ExpectedTorrent {
  readonly infoHash: InfoHash
  readonly communityId: CommunityId
  /** The format's own unless a test wants it small. */
  readonly pieceBytes?: number
}

/** The torrent that a link promised: its hash is the link's, and it is of the archive format. */
export interface ReceivedTorrent extends TorrentInfo {
  readonly infoHash: InfoHash
}

/** Why an info dictionary is not believed. */
export interface ReceivedTorrentRefused {
  readonly code: 'METADATA_TOO_LARGE' | 'TORRENT_MALFORMED'
  readonly reason:
    | MalformedTorrent['reason']
    /** Its SHA-1 is not the info hash of the link. */
    | 'WRONG_INFO_HASH'
    /** Its name is the id of another community. */
    | 'OTHER_COMMUNITY'
    /** Its index is longer than any that is fetched. */
    | 'INDEX_TOO_LARGE'
  readonly numbers: Readonly<Record<string, number>>
}

/**
 * Checks the info dictionary that peers gave for a link.
 *
 * It has to have exactly the keys that existing members write. Another one is refused even where it seems harmless:
 * each changes what the hash stands for (`private`, a hybrid of BitTorrent v2, links and attributes of files), and what
 * is on disk is read by the same rule.
 *
 * @returns The torrent, whose `pieces` are a view of `infoBytes`. Never throws.
 * @see BEP 9: https://www.bittorrent.org/beps/bep_0009.html
 */
export function checkReceivedTorrent(
  infoBytes: Uint8Array,
  { infoHash, communityId, pieceBytes = PIECE_BYTES }: ExpectedTorrent,
): Result<ReceivedTorrent, ReceivedTorrentRefused> {
  const { length } = infoBytes
  if (length > MAX_INFO_BYTES) return refuse('TOO_LARGE', { bytes: length, maxBytes: MAX_INFO_BYTES })
  if (infoHashOf(infoBytes) !== infoHash) return refuse('WRONG_INFO_HASH', { bytes: length })
  const parsed = parseInfo(infoBytes, pieceBytes)
  if (!parsed.ok) return refuse(parsed.error.reason, { bytes: length })
  const { indexBytes } = parsed.value
  if (parsed.value.communityId !== communityId) return refuse('OTHER_COMMUNITY', { bytes: length })
  if (indexBytes > MAX_INDEX_BYTES) return refuse('INDEX_TOO_LARGE', { indexBytes, maxBytes: MAX_INDEX_BYTES })
  return ok({ ...parsed.value, infoHash })
}

function refuse(
  reason: ReceivedTorrentRefused['reason'],
  numbers: ReceivedTorrentRefused['numbers'],
): Result<never, ReceivedTorrentRefused> {
  return err({ code: reason === 'TOO_LARGE' ? 'METADATA_TOO_LARGE' : 'TORRENT_MALFORMED', reason, numbers })
}
