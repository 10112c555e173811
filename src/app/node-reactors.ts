import type { SeedingRow } from '../projections/read-seeding.ts'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import type { ServedParts } from '../torrents/client/torrent-to-serve.ts'
import { lacksRecordedPieces } from './verification/missing-pieces.ts'
import { createRepairs, type NodeVerifications } from './verification/node-verifications.ts'
import { createCheckPrevious } from './packing/check-previous.ts'
import { createCheckSpace } from './packing/check-space.ts'
import { createPackingThreads, createPackRun } from './packing/pack-run.ts'
import { createTurns } from './packing/packing-turns.ts'
import type { NodeBandwidth } from './bandwidth/node-bandwidth.ts'
import type { Members } from './members.ts'
import type { NodeBase } from './node-base.ts'
import { startReactors, type Reactors } from './reactors.ts'
import type { RecordingBursts } from './schedule/recording-bursts.ts'
import { createScheduledRuns } from './schedule/scheduled-runs.ts'
import { createSchedulesReader } from './schedule/schedules.ts'
import { createSpacePorts } from './space-ports.ts'
import { behindGate } from './verification/serving-gate.ts'
import { logReactorFault } from './telemetry/log-reactor-fault.ts'
import { watchRuns, watchServing } from './telemetry/watch-jobs.ts'
import { createSeedingClient } from './torrents.ts'
import { trackersOf, type NodeTracker } from './tracker.ts'

export interface NodeParts extends NodeBase {
  readonly client: TorrentClient
  readonly tracker: NodeTracker
  readonly bursts: RecordingBursts
  readonly files: NodeVerifications
  readonly members: Members
  readonly bandwidth: NodeBandwidth
}

/** Starts the reactors of a node, with all that they act through. */
export function startNodeReactors(parts: NodeParts): Reactors {
  const { settings, stores, wallClock, log, client, tracker, bursts, files, members, telemetry } = parts
  const { work: watch } = telemetry
  const { archivesDir, db, messages, execute } = stores
  const schedulePorts = { db, messages, execute, now: wallClock.now, isSwitchedOn: settings.schedule }
  const trackers = (chosen: readonly string[] | null): readonly string[] => trackersOf(settings, chosen)
  const spacePorts = createSpacePorts(stores, trackers, parts.space.readUse)
  const checkSpace = createCheckSpace({ messages, ...spacePorts })
  const checkPrevious = createCheckPrevious({ archivesDir, ...spacePorts })
  const lookForMissing = createMissingLookup(parts)
  const onServed = (torrent: SeedingRow, served: ServedParts): void => {
    tracker.announce()
    lookForMissing(torrent, served)
  }
  const reactors = startReactors({
    stores,
    // The node enters itself in its own tracker, under the address that others know it by.
    client: behindGate(
      watchServing(createSeedingClient(client, archivesDir, settings.trackers, onServed), watch),
      files.gate,
    ),
    pack: createTurns(watchRuns(createPack(parts, spacePorts), watch), files.locks),
    trackersOf: trackers,
    publicUrl: settings.publicUrl,
    graceSeconds: settings.graceSeconds,
    schedules: {
      readSchedules: createSchedulesReader(schedulePorts),
      recordingUntil: bursts.until,
      createArchive: createScheduledRuns({ ...schedulePorts, checkSpace, checkPrevious }),
    },
    repairs: createRepairs(files.verifications, files.suspects),
    members: { ...members, reactors: { ...members.reactors, bandwidth: parts.bandwidth.createReactor(client) } },
    wallClock,
    watch,
    onFault: logReactorFault(log),
  })
  // Where a fault ended the mending, nothing was recorded that would have what was dropped served again.
  files.gate.onOpen(reactors.wake)
  files.suspects.onAdded(reactors.wake)
  return reactors
}

/** What was struck from a fetched torrent, now or before a crash, is to be fetched again. */
function createMissingLookup({
  stores: { db, archivesDir },
  files: { suspects },
  log,
}: NodeParts): (torrent: SeedingRow, served: ServedParts) => void {
  const look = async (torrent: SeedingRow, { struck }: ServedParts): Promise<void> => {
    const { communityId, infoHash, cause, correlationId } = torrent
    if (!torrent.isFetched || !(struck > 0 || (await lacksRecordedPieces(db, archivesDir, torrent)))) return
    suspects.add({ communityId, damage: `${infoHash} lacks pieces`, cause, correlationId })
  }
  return (torrent, served) => {
    const { communityId, infoHash, correlationId } = torrent
    const onFault = (err: unknown): void =>
      log.error({ err, communityId, infoHash, correlationId }, 'Cannot look for missing pieces')
    void look(torrent, served).catch(onFault)
  }
}

function createPack(
  { settings: { publicUrl }, stores, wallClock, log }: NodeParts,
  spacePorts: ReturnType<typeof createSpacePorts>,
): ReturnType<typeof createPackRun> {
  const { archivesDir, messagesFile } = stores
  return createPackRun({
    archivesDir,
    packRecorded: createPackingThreads(messagesFile),
    ...spacePorts,
    publicUrl,
    now: wallClock.now,
    logFailure: (details, { communityId, runId, correlationId }) =>
      log.error({ communityId, runId, correlationId, details }, 'A run failed'),
  })
}
