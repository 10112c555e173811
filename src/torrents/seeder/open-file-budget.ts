import type { OpenFiles } from '../client/open-files.ts'
import { countOpenFiles, readOpenFilesLimit } from './process-files.ts'
import { failureCodeOf, SeedingFailure } from './seeding-failure.ts'

/** Keeps the torrents that are served from taking the last files that the process may open. */
export interface OpenFileBudget {
  /** Counts anew. */
  count(): OpenFiles
  /**
   * Opens the files of one more torrent.
   *
   * @throws SeedingFailure TOO_MANY_OPEN_FILES, when there is no room for them; what `open` throws.
   */
  admit<Value>(torrent: string, open: () => Promise<Value>): Promise<Value>
}

/** What the budget asks of the system. */
export interface OpenFilePorts {
  readonly readLimit: () => number | null
  readonly countOpen: () => number | null
  /** Milliseconds. */
  readonly now: () => number
}

/** data, index, torrent file and stamp. The latter two only meanwhile, and data may be open already. */
const FILES_A_TORRENT = 4
/**
 * So many are kept for peers, trackers and checks; an eighth of all where the limit is low, so that the operator is warned
 * before torrents are refused.
 */
const MOST_RESERVED = 256
/** Before Linux 6.2 counting lists all that is open, so it is not done for each of ten thousand torrents. */
const COUNT_LASTS_MS = 1_000

/** Creates the budget of this process. Where the system does not tell what is open, all are admitted. */
export function createOpenFileBudget(
  { readLimit, countOpen, now }: OpenFilePorts = {
    readLimit: readOpenFilesLimit,
    countOpen: countOpenFiles,
    now: () => performance.now(),
  },
): OpenFileBudget {
  let limit: number | null = null
  let counted = 0
  let countedAt = -Infinity
  let admittedSince = 0
  let opening = 0

  function count(): OpenFiles {
    // Read each time: it can be raised while the process runs.
    limit = unlessNoneIsLeft(readLimit, limit)
    const openFiles = unlessNoneIsLeft(countOpen, limit)
    counted = openFiles ?? 0
    countedAt = now()
    admittedSince = opening
    return { openFiles, openFilesLimit: limit }
  }

  const reserved = (): number => Math.min(MOST_RESERVED, Math.floor((limit ?? 0) / 8))
  const isFull = (): boolean => limit !== null && counted + admittedSince + FILES_A_TORRENT > limit - reserved()

  return {
    count,
    async admit(torrent, open) {
      if (now() - countedAt >= COUNT_LASTS_MS || isFull()) count()
      if (isFull()) {
        const figures = `${counted} files are open, ${limit} may be, and ${reserved()} are kept for peers`
        throw new SeedingFailure('TOO_MANY_OPEN_FILES', `Cannot serve ${torrent}: ${figures}`)
      }
      admittedSince += FILES_A_TORRENT
      opening += FILES_A_TORRENT
      try {
        return await open()
      } finally {
        opening -= FILES_A_TORRENT
      }
    },
  }
}

/** Asking the system may take a file itself: where none can be had, all are open, and the limit is as it was. */
function unlessNoneIsLeft(ask: () => number | null, limit: number | null): number | null {
  try {
    return ask()
  } catch (error) {
    if (failureCodeOf(error) === 'TOO_MANY_OPEN_FILES') return limit
    throw error
  }
}
