import type { CommunityId } from '../../domain/community-id.ts'
import { err } from '../../domain/result.ts'
import type { ArchivingPorts } from '../../reactors/archiving-reactor.ts'
import { createLocks, type Locks } from '../locks.ts'

/**
 * Has one run packed at a time, as packing takes a core and memory of its own. A run that waits for a repair of the version
 * that it adds to takes no turn from the others meanwhile.
 */
export function createTurns(pack: ArchivingPorts['pack'], locks: Locks<CommunityId>): ArchivingPorts['pack'] {
  const turns = createLocks<'PACKING'>()
  const stopped = { code: 'STOPPED', numbers: {} } as const
  return async (run, signal) =>
    locks.hold(run.communityId, async () =>
      turns.hold('PACKING', async () => (signal.aborted ? err(stopped) : pack(run, signal))),
    )
}
