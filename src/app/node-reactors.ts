import type { Logger } from 'pino'
import type { CommunityId } from '../domain/community-id.ts'
import { defaultSettings, type CommunitySettings } from '../domain/community-settings.ts'
import { readCommunity } from '../projections/communities.ts'
import { readNewestVersion } from '../projections/versions.ts'
import type { WallClock } from '../reactors/wall-clock.ts'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import { readFreeBytes } from './free-bytes.ts'
import { createPackingThreads, createPackRun } from './pack-run.ts'
import { startReactors, type Reactors } from './reactors.ts'
import type { RecordingBursts } from './recording-bursts.ts'
import { createScheduledRuns } from './scheduled-runs.ts'
import { createSchedulesReader } from './schedules.ts'
import type { Settings } from './settings.ts'
import type { Stores } from './stores.ts'
import { createSeedingClient, createServedCheck } from './torrents.ts'
import { trackersOf, type NodeTracker } from './tracker.ts'

export interface NodeParts {
  readonly settings: Settings
  readonly stores: Stores
  readonly wallClock: WallClock
  readonly log: Logger
  readonly client: TorrentClient
  readonly tracker: NodeTracker
  readonly bursts: RecordingBursts
}

/** Starts the reactors of a node, with all that they act through. */
export function startNodeReactors(parts: NodeParts): Reactors {
  const { settings, stores, wallClock, log, client, tracker, bursts } = parts
  const { archivesDir, db, messages, execute } = stores
  const checkServed = createServedCheck(stores, client)
  const schedulePorts = { db, messages, execute, now: wallClock.now, isSwitchedOn: settings.schedule }
  return startReactors({
    stores,
    // The node enters itself in its own tracker, under the address that others know it by.
    client: createSeedingClient(client, archivesDir, settings.trackers, tracker.announce),
    pack: createPack(parts),
    trackersOf: (chosen) => trackersOf(settings, chosen),
    graceSeconds: settings.graceSeconds,
    schedules: {
      readSchedules: createSchedulesReader(schedulePorts),
      recordingUntil: bursts.until,
      createArchive: createScheduledRuns(schedulePorts),
    },
    onDamage: (communityId) => {
      checkServed(communityId).catch((fault: unknown) => log.error(fault, 'Cannot check what is served'))
    },
    wallClock,
    onFault: (fault) => log.error(fault, 'A reactor failed, and will try again'),
  })
}

function createPack({ settings, stores, wallClock, log }: NodeParts): ReturnType<typeof createPackRun> {
  const { archivesDir, messagesFile, db } = stores

  async function settingsOf(communityId: CommunityId): Promise<CommunitySettings> {
    return (await readCommunity(db, communityId))?.settings ?? defaultSettings
  }

  return createPackRun({
    archivesDir,
    packRecorded: createPackingThreads(messagesFile),
    trackersOf: async (communityId) => trackersOf(settings, (await settingsOf(communityId)).trackers),
    quotaOf: async (communityId) => (await settingsOf(communityId)).quotaBytes,
    readNewestVersion: async (communityId) => readNewestVersion(db, communityId),
    readFreeBytes: async () => readFreeBytes(archivesDir),
    now: wallClock.now,
    logFailure: (details, { communityId, runId }) => log.error({ communityId, runId, details }, 'A run failed'),
  })
}
