import type { Brand } from './brand.ts'
import type { UnixSeconds } from './time.ts'

/** `0x` and the hex of the Keccak-256 over the archive's encoded index metadata. */
export type ArchiveId = Brand<string, 'ArchiveId'>

/** One try to archive a range: a UUIDv7. */
export type RunId = Brand<string, 'RunId'>

/** One try of a member to fetch what it wants of a torrent: a UUIDv7. */
export type DownloadId = Brand<string, 'DownloadId'>

/** One taking over of messages by a member: a UUIDv7. */
export type ImportId = Brand<string, 'ImportId'>

/** Seven days: the length of a partition, fixed by the format. */
export const PARTITION_SECONDS = 604_800

/** 100 KiB: the piece length, fixed by the format. */
export const PIECE_BYTES = 102_400

/** How many bytes of payload and signature one archive holds at most, fixed by the format. */
export const CHUNK_BYTES = 30_000_000

/** One archive inside `data`: which messages, and which bytes. */
export interface ArchiveEntry {
  readonly id: ArchiveId
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  /** Where it begins in `data`, in bytes. A multiple of the piece length. */
  readonly offset: number
  /** The length of its encoding, in bytes, without padding. */
  readonly rawBytes: number
  readonly paddingBytes: number
  readonly messages: number
  /** SHA-256 of the encoding without padding, in hex. */
  readonly sha256: string
}

/** One archive inside `data` as its control node describes it in the index: nothing in it was verified but its id. */
export interface FetchedArchive {
  readonly id: ArchiveId
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  /** Where it begins in `data`, in bytes. A multiple of the piece length. */
  readonly offset: number
  /** Its length, padding included, in bytes. A multiple of the piece length. */
  readonly sizeBytes: number
  readonly paddingBytes: number
}
