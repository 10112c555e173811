import type { CommunitySettings } from '../domain/community-settings.ts'
import type { Selection } from '../domain/selection.ts'
import { tellBytes, tellSeconds, type TimeWords } from './in-words.ts'

/** What an operator chose, without what is left at its default. */
export function tellSettings(settings: CommunitySettings, times: TimeWords): string {
  const { intervalSeconds, trackers, graceSeconds, redispatchSeconds, quotaBytes, selection, imports } = settings
  const { uploadBytesPerSecond, publicMagnetlinks } = settings
  const chosen = [
    intervalSeconds === null ? null : `an archive every ${tellSeconds(intervalSeconds)}`,
    trackers === null ? null : `trackers ${trackers.join(' ') || 'none'}`,
    graceSeconds === null ? null : `old torrents seeded for ${tellSeconds(graceSeconds)} more`,
    redispatchSeconds === null ? null : `announced again every ${tellSeconds(redispatchSeconds)}`,
    quotaBytes === null ? null : `at most ${tellBytes(quotaBytes)} on the disk`,
    uploadBytesPerSecond === null ? null : `uploaded at ${tellBytes(uploadBytesPerSecond)} a second at most`,
    selection === null ? null : `fetches ${tellSelection(selection, times)}`,
    imports === null ? null : `messages taken over ${imports === 'AUTOMATIC' ? 'at once' : 'when asked for'}`,
    publicMagnetlinks === null ? null : `magnet links ${tellReaders(publicMagnetlinks)}`,
  ].filter((each) => each !== null)
  return chosen.length === 0 ? 'all as by default' : chosen.join('; ')
}

/** Who may follow the magnet links of a community. */
export function tellReaders(isPublic: boolean): string {
  return isPublic ? 'for anybody' : 'for holders of a token'
}

/** Which archives a member fetches. */
export function tellSelection(selection: Selection, { range }: TimeWords): string {
  switch (selection.mode) {
    case 'ALL_MISSING':
      return 'all missing archives'
    case 'LATEST':
      return 'the newest archives'
    case 'RANGE':
      return `the archives of ${range(selection.from, selection.to)}`
  }
}
