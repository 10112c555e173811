import type { CommunityId } from '../../domain/community-id.ts'
import type { DamagedFiles } from '../../reactors/repairing-reactor.ts'

/** Files that something was found wrong with by whoever used them, and that nothing is recorded of yet. Safe to lose. */
export interface Suspects {
  add(suspect: DamagedFiles): void
  all(): readonly DamagedFiles[]
  /** The files of a community were checked since, and are whole. */
  clear(communityId: CommunityId): void
  /** Has the listener told of each that comes. */
  onAdded(listener: () => void): void
}

/** Creates it, with none. */
export function createSuspects(): Suspects {
  const suspects = new Map<CommunityId, DamagedFiles>()
  const listeners: (() => void)[] = []
  return {
    add(suspect) {
      suspects.set(suspect.communityId, suspect)
      for (const tell of listeners) tell()
    },
    all: () => [...suspects.values()],
    clear: (communityId) => void suspects.delete(communityId),
    onAdded: (listener) => void listeners.push(listener),
  }
}
