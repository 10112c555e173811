import { PIECE_BYTES } from '../../src/domain/archive.ts'
import { keysIn, NO_ENTRIES } from '../../src/domain/shared-map.ts'
import type { Community, KnownCommunity } from '../../src/domain/community.ts'
import type { DownloadFailureCode, LinkRefusalCode, QuarantineCode } from '../../src/domain/failure-codes.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { magnetUriOf, nextClock, type Clock } from '../../src/domain/magnet.ts'
import type { MemberCommand } from '../../src/domain/member-commands.ts'
import type { Membership } from '../../src/domain/member.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { COMMUNITY, infoHash } from './community-facts.ts'
import { archiveId, downloadId, fetchedArchive, importId, PROOF, URL_A, URL_B } from './member-facts.ts'

/** How often a member's wishes are made beyond those that bring it on. */
export const MEMBER_WEIGHTS: Readonly<Record<MemberCommand['type'], number>> = {
  FollowNode: 1,
  UnfollowNode: 1,
  ReceiveMagnetlink: 2,
  RecordMagnetlinkRefused: 1,
  StartDownload: 2,
  CancelDownload: 1,
  RecordArchivesDownloaded: 1,
  RecordDownloadFinished: 1,
  RecordDownloadFailed: 1,
  StartImport: 1,
  RecordArchiveImported: 1,
  RecordArchiveQuarantined: 1,
  RecordImportFinished: 1,
  RecordImportUndone: 1,
}

/** What a member in good order would do next. */
export function forwardMemberType({ membership }: KnownCommunity, pick: number): MemberCommand['type'] | null {
  const { link, download, dealtWith, import: running, archives } = membership
  if (running !== null) {
    return running.imported.size === 0 && archives.size > 0 ? 'RecordArchiveImported' : 'RecordImportFinished'
  }
  if (download !== null) return pick < 8 ? 'RecordArchivesDownloaded' : 'RecordDownloadFinished'
  if (link !== null && link.infoHash !== dealtWith) return 'StartDownload'
  if (pick < 7) return 'ReceiveMagnetlink'
  return pick < 10 ? 'StartImport' : null
}

/** The torrent that step `step` brings; the length of its `data` is part of its number, so that it is always the same. */
export function torrentNumber(step: number, pieces: number): InfoHash {
  return infoHash(step * 1000 + pieces)
}

/** The length of a torrent's `data`, in pieces. */
function piecesOf(torrent: InfoHash): number {
  return Number(BigInt(`0x${torrent}`) % 1000n)
}

interface Choices {
  readonly which: number
  readonly pick: number
  readonly isWrong: boolean
}

const DOWNLOAD_CODES: readonly DownloadFailureCode[] = ['NO_PEERS', 'NO_METADATA', 'DISK_FULL']
const LINK_CODES: readonly LinkRefusalCode[] = ['SIGNATURE_INVALID', 'CLOCK_AHEAD', 'CLOCK_CONFLICT']
const QUARANTINE_CODES: readonly QuarantineCode[] = ['ARCHIVE_MALFORMED', 'ENCRYPTED']
/** Where the numbers of downloads and imports that never were begin. */
const UNHEARD_OF = 1_000_000

/** The wish of a member that these choices stand for. */
export function memberWishOf(
  type: MemberCommand['type'],
  choices: Choices,
  step: number,
  community: Community,
): MemberCommand {
  const { which, pick, isWrong } = choices
  const communityId = COMMUNITY
  const known = community.status === 'UNKNOWN' ? null : community
  const url = which % 2 === 0 ? URL_A : URL_B
  const id = (!isWrong && known?.membership.download?.downloadId) || downloadId(UNHEARD_OF)
  const ofImport = { importId: (!isWrong && known?.membership.import?.importId) || importId(UNHEARD_OF) }
  const archive = chosenArchive(known?.membership, which)
  switch (type) {
    case 'FollowNode':
      return { type, communityId, url, nodeKey: pick < 9 ? null : PROOF.publicKey }
    case 'UnfollowNode':
      return { type, communityId, url }
    case 'ReceiveMagnetlink':
      return receiveMagnetlink(choices, step, known)
    case 'RecordMagnetlinkRefused':
      return { type, communityId, code: chosen(LINK_CODES, pick), clock: null, origin: 'FOLLOWED' }
    case 'StartDownload': {
      const selection = isWrong ? ({ mode: 'LATEST' } as const) : null
      const wish = { selection, occasion: pick % 3 === 0 ? 'REQUEST' : 'LINK', protocolEnabled: pick > 0 } as const
      return { type, communityId, downloadId: downloadId(step), ...wish }
    }
    case 'RecordArchivesDownloaded': {
      const archives = [fetchedArchive(which + 1), fetchedArchive((pick % 3) + 1)]
      return { type, communityId, downloadId: id, generation: generationFor(known, choices), archives }
    }
    case 'RecordDownloadFinished': {
      const pieces = piecesOf(known?.membership.download?.infoHash ?? infoHash(1))
      const bytes = { dataBytes: pieces * PIECE_BYTES, indexBytes: 200 }
      const generation = generationFor(known, choices)
      const download = { downloadId: id, generation, ...bytes, archives: pieces, heldArchives: pieces }
      return { type, communityId, download }
    }
    case 'RecordDownloadFailed':
      return { type, communityId, downloadId: id, code: chosen(DOWNLOAD_CODES, pick), numbers: { peers: pick } }
    case 'StartImport':
      return { type, communityId, importId: importId(step), protocolEnabled: pick > 0 }
    case 'RecordArchiveImported': {
      const told = { archiveId: archive, messages: 3, added: pick, removed: which, sha256: 'd4'.repeat(32) }
      return { type, communityId, ...ofImport, ...told }
    }
    case 'RecordArchiveQuarantined':
      return { type, communityId, ...ofImport, archiveId: archive, code: chosen(QUARANTINE_CODES, pick), numbers: {} }
    case 'RecordImportFinished':
      return { type, communityId, ...ofImport }
    case 'RecordImportUndone':
      return { type, communityId, importId: known?.membership.lastImport ?? importId(UNHEARD_OF), restored: pick }
    case 'CancelDownload':
      return { type, communityId }
  }
}

/** Mostly a new torrent, sometimes one of before with another tracker, or one whose clock is not as it should be. */
function receiveMagnetlink(
  { which, pick, isWrong }: Choices,
  step: number,
  known: KnownCommunity | null,
): Extract<MemberCommand, { type: 'ReceiveMagnetlink' }> {
  const now = ((1_700_000_000 + step * 3600) * 1000) as UnixMillis
  const { newest = null, current = null, retiring = null } = known?.torrents ?? {}
  const before = [retiring, current, newest, known?.membership.link?.infoHash ?? null][11 - which]
  const hash = before ?? torrentNumber(step, which + 1)
  const clock = isWrong ? ((now + (pick - 6) * 43_200_000) as Clock) : nextClock(known?.lastClock ?? null, now)
  const url = pick < 4 ? URL_A : URL_B
  const origin = which % 3 === 1 ? ({ type: 'FOLLOWED', url, cursor: null } as const) : ({ type: 'SUBMITTED' } as const)
  const trackers = before === undefined || before === null ? [] : [`wss://tracker-${step}.example`]
  const magnetUri = magnetUriOf(hash, COMMUNITY, trackers)
  const proof = isWrong && pick === 6 ? null : PROOF
  return { type: 'ReceiveMagnetlink', communityId: COMMUNITY, clock, infoHash: hash, magnetUri, origin, proof, now }
}

/** A file that was fetched into before, or a new one; sometimes one that is not for what is fetched. */
function generationFor(known: KnownCommunity | null, { which, pick, isWrong }: Choices): number {
  if (known === null) return 1
  const { newest, packed } = known.generations
  if (isWrong) return Math.max(1, newest - pick)
  const open = Array.from({ length: newest }, (_, n) => n + 1).filter((generation) => !packed.has(generation))
  return pick === 0 ? newest + 1 : (open.at(which < 10 ? -1 : 0) ?? newest + 1)
}

function chosenArchive(membership: Membership | undefined, which: number): ReturnType<typeof archiveId> {
  const here = [...keysIn(membership?.archives ?? NO_ENTRIES)]
  return which === 11 ? archiveId(999) : (here[which % Math.max(1, here.length)] ?? archiveId(999))
}

function chosen<Item>(items: readonly Item[], pick: number): Item {
  return items[pick % items.length] as Item
}
