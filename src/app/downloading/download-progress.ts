import type { DownloadId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import type { DownloadFailureCode } from '../../domain/failure-codes.ts'
import type { DownloadProgress } from '../../graphql/members.ts'
import type { DownloadStats } from '../../torrents/client/download.ts'

/** What a download tells of itself. */
export interface DownloadTeller {
  /** The index is known: so much is missing. */
  expect(archives: number, bytes: number): void
  /** A piece was fetched. */
  fetched(bytes: number): void
  /** So many archives are here. */
  completed(archives: number): void
}

/** How far all downloads are. */
export interface DownloadProgresses {
  /** @param stats What the torrent client says of it now. */
  begin(communityId: CommunityId, downloadId: DownloadId, stats: () => DownloadStats): DownloadTeller & Disposable
  /** Remembered until a piece comes in, another download begins, or it is not to be fetched any more. */
  stopped(communityId: CommunityId, downloadId: DownloadId, code: DownloadFailureCode): void
  /** These are to be fetched. Of others that stopped, nothing is told any more. */
  keepOnly(running: readonly { readonly downloadId: DownloadId }[]): void
  /** Null where nothing is being fetched, or is about to be. */
  sample(communityId: CommunityId): DownloadProgress | null
}

interface Counts {
  archives: number
  totalArchives: number | null
  bytes: number
  totalBytes: number | null
}

interface Tracked {
  readonly downloadId: DownloadId
  readonly counts: Counts
  readonly stats: () => DownloadStats
  /** Not between two tries. */
  readonly isUnderWay: boolean
  waitingFor: DownloadFailureCode | null
}

const NO_STATS: DownloadStats = { peers: 0, downloadBytesPerSecond: 0, downloadedBytes: 0 }
const IDLE = { stats: (): DownloadStats => NO_STATS, isUnderWay: false }

/** Creates it, with nothing under way. */
export function createDownloadProgresses(): DownloadProgresses {
  const tracked = new Map<CommunityId, Tracked>()
  const newCounts = (): Counts => ({ archives: 0, totalArchives: null, bytes: 0, totalBytes: null })

  return {
    begin(communityId, downloadId, stats) {
      const counts = newCounts()
      const before = tracked.get(communityId)
      const waitingFor = before?.downloadId === downloadId ? before.waitingFor : null
      const download: Tracked = { downloadId, counts, stats, isUnderWay: true, waitingFor }
      tracked.set(communityId, download)
      return {
        expect: (archives, bytes) => void Object.assign(counts, { totalArchives: archives, totalBytes: bytes }),
        fetched(bytes) {
          counts.bytes += bytes
          download.waitingFor = null
        },
        completed: (archives) => void (counts.archives += archives),
        [Symbol.dispose]() {
          if (tracked.get(communityId) === download) tracked.delete(communityId)
        },
      }
    },
    stopped(communityId, downloadId, waitingFor) {
      tracked.set(communityId, { ...IDLE, downloadId, counts: newCounts(), waitingFor })
    },
    keepOnly(running) {
      for (const [communityId, { downloadId, isUnderWay }] of tracked) {
        if (!isUnderWay && !running.some((one) => one.downloadId === downloadId)) tracked.delete(communityId)
      }
    },
    sample(communityId) {
      const download = tracked.get(communityId)
      if (download === undefined) return null
      const { counts, waitingFor } = download
      const { peers, downloadBytesPerSecond: bytesPerSecond } = download.stats()
      const secondsLeft = secondsLeftOf(counts, bytesPerSecond)
      return { ...counts, bytesPerSecond, peers, secondsLeft, waitingFor }
    },
  }
}

function secondsLeftOf({ bytes, totalBytes }: Counts, bytesPerSecond: number): number | null {
  if (totalBytes === null || bytesPerSecond <= 0) return null
  return Math.ceil(Math.max(0, totalBytes - bytes) / bytesPerSecond)
}
