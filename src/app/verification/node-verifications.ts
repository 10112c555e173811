import type { CommunityId } from '../../domain/community-id.ts'
import { err, ok } from '../../domain/result.ts'
import type { CorrelationId, EventId } from '../../events/recorded-event.ts'
import type { EndedVerification } from '../../graphql/verifications.ts'
import type { DamagedFiles, RepairingPorts } from '../../reactors/repairing-reactor.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { FilesWorker } from './files-work.ts'
import { createLocks } from '../locks.ts'
import { createServingGate } from './serving-gate.ts'
import type { Settings } from '../settings.ts'
import type { Stores } from '../stores.ts'
import { trackersOf } from '../tracker.ts'
import { createSuspects, type Suspects } from './suspects.ts'
import { Verifications, type VerificationsPorts } from './verifications.ts'

export interface NodeVerificationParts {
  readonly settings: Pick<Settings, 'publicUrl' | 'trackers'>
  readonly stores: Pick<Stores, 'db' | 'execute' | 'archivesDir'>
  readonly files: FilesWorker
  readonly client: VerificationsPorts['client']
  readonly now: () => UnixMillis
  readonly logFailure: VerificationsPorts['logFailure']
}

/** The verifications of a node, and what they share with those who serve and write the same files. */
export interface NodeVerifications extends Pick<VerificationsPorts, 'gate' | 'locks' | 'fetchLocks'> {
  readonly verifications: Verifications
  readonly suspects: Suspects
}

/** Creates them. */
export function createNodeVerifications(parts: NodeVerificationParts): NodeVerifications {
  const { settings, stores, files, client, now, logFailure } = parts
  const { db, execute, archivesDir } = stores
  const [gate, locks, fetchLocks] = [createServingGate(), createLocks<CommunityId>(), createLocks<CommunityId>()]
  const verifications = new Verifications({
    db,
    execute,
    archivesDir,
    files,
    gate,
    locks,
    fetchLocks,
    client,
    trackersOf: (chosen) => trackersOf(settings, chosen),
    publicUrl: settings.publicUrl,
    nodeTrackers: settings.trackers,
    now,
    logFailure,
  })
  return { verifications, gate, locks, fetchLocks, suspects: createSuspects() }
}

/** How damaged files are mended. */
export interface Repairs extends Pick<RepairingPorts, 'repair' | 'endUnwanted'> {
  /** Files that may be damaged, beside those that are recorded as such. */
  readonly suspected?: () => readonly DamagedFiles[]
}

/** Mends in the name of the reactor, by verifications that nobody asked for. */
export function createRepairs(verifications: Verifications, suspects: Suspects = createSuspects()): Repairs {
  return {
    suspected: suspects.all,
    async repair({ communityId, cause, correlationId }) {
      // Causes are read from projections, which got them from recorded events.
      const ids = { correlationId: correlationId as CorrelationId, causationId: cause as EventId }
      const ended = await verifications.begin(communityId, { actor: 'reactor:repairing', ...ids }).ended
      const code = remainingCodeOf(ended)
      if (code !== null) return err({ code })
      suspects.clear(communityId)
      return ok(ended.versions.some(({ mended }) => mended.length > 0) ? 'MENDED' : 'WHOLE')
    },
    endUnwanted: async () => verifications.endUnwantedFetches(),
  }
}

/** Why the files are not known to be whole; null when they are. */
export function remainingCodeOf({ versions }: Pick<EndedVerification, 'versions'>): string | null {
  const bad = versions.find(({ remaining, code }) => remaining !== null || code !== null)
  if (bad !== undefined) return bad.code ?? 'FILES_DAMAGED'
  return versions.length === 0 ? 'STOPPED' : null
}
