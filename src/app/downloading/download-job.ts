import type { ReceivedTorrent } from '../../archives/receiving/check-received-torrent.ts'
import type { ChosenGeneration } from '../../archives/receiving/choose-generation.ts'
import type { PayloadCipher } from '../../archives/receiving/payload-cipher.ts'
import type { DownloadRow } from '../../projections/downloads.ts'
import type { Cause, RecordOutcome } from '../../reactors/record.ts'
import type { Download, DownloadFiles } from '../../torrents/client/download.ts'
import type { TorrentClient } from '../../torrents/client/torrent-client.ts'
import type { DiskClaim, DiskSpace } from '../packing/disk-space.ts'
import type { ServingGate } from '../verification/serving-gate.ts'
import type { DownloadProgresses, DownloadTeller } from './download-progress.ts'
import { DownloadStop } from './download-stopped.ts'

/** A download that has not ended, and what made it wanted. */
export type RunningRow = DownloadRow & Cause

export interface DownloadPorts {
  readonly archivesDir: string
  readonly client: Pick<TorrentClient, 'openDownload' | 'active' | 'drop'>
  readonly gate: Pick<ServingGate, 'close'>
  readonly cipher: PayloadCipher
  readonly progress: DownloadProgresses
  readonly record: RecordOutcome
  /** What was chosen for the community. */
  readonly readSettings: (communityId: DownloadRow['communityId']) => Promise<{
    readonly trackers: readonly string[]
    readonly quotaBytes: number | null
  }>
  /** The lowest generation of `data` that may be fetched into. */
  readonly readGeneration: (communityId: DownloadRow['communityId']) => Promise<number>
  /** The generation of `data` that the torrent is served from, or would be; null where no version has it. */
  readonly readServedGeneration: (torrent: Pick<DownloadRow, 'communityId' | 'infoHash'>) => Promise<number | null>
  /** What is free on the disk of the archives. */
  readonly readFreeBytes: () => Promise<number>
  readonly space: DiskSpace
  readonly logFailure: (details: unknown, running: RunningRow) => void
}

/** A download that is open, and all that it goes by. */
export interface DownloadJob {
  readonly running: RunningRow
  readonly ports: DownloadPorts
  readonly download: Download
  readonly tell: DownloadTeller
  /** Its part of the disk. */
  readonly claim: DiskClaim
  readonly signal: AbortSignal
}

/** A download whose torrent is known, and where its pieces go. */
export interface DownloadOfTorrent extends DownloadJob {
  readonly torrent: ReceivedTorrent
  readonly chosen: ChosenGeneration
  readonly files: DownloadFiles
}

/** @throws DownloadStop DISK_FULL, or QUOTA_EXCEEDED by the node's quota, with the numbers. */
export async function requireSpace(
  neededBytes: number,
  {
    claim,
    ports: { readFreeBytes },
  }: { readonly claim: DiskClaim; readonly ports: Pick<DownloadPorts, 'readFreeBytes'> },
): Promise<void> {
  const room = await claim.ask(neededBytes, readFreeBytes)
  if (room.ok) return
  const { type, ...numbers } = room.error
  throw new DownloadStop(type === 'DiskTooFull' ? 'DISK_FULL' : 'QUOTA_EXCEEDED', numbers)
}
