import type { Logger } from 'pino'
import { NO_KEYS } from '../archives/receiving/payload-cipher.ts'
import type { CommunityId } from '../domain/community-id.ts'
import { defaultSettings } from '../domain/community-settings.ts'
import { ok, type Result } from '../domain/result.ts'
import type { AddressRules } from '../addresses/check-addresses.ts'
import { resolveHost } from '../addresses/resolve-host.ts'
import type { MemberReader } from '../graphql/members.ts'
import { readCommunity } from '../projections/communities.ts'
import type { FollowRow } from '../projections/follows.ts'
import { readGenerationOf, readOpenGeneration } from '../projections/versions.ts'
import type { DamagedFiles } from '../reactors/repairing-reactor.ts'
import { createReactor, type Reactor } from '../reactors/reactor.ts'
import type { RecordOutcome } from '../reactors/record.ts'
import type { WallClock } from '../reactors/wall-clock.ts'
import type { WatchWork } from '../reactors/watch-work.ts'
import type { TorrentClient } from '../torrents/client/torrent-client.ts'
import { createDownloadProgresses } from './downloading/download-progress.ts'
import type { DownloadPorts } from './downloading/download-job.ts'
import { downloadVersion } from './downloading/download-version.ts'
import { sweepGenerations, type SweepGenerationsPorts } from './downloading/sweep-generations.ts'
import { createLearnLinks } from './following/learn-links.ts'
import { createRefusedLinkCounts } from './following/refused-links.ts'
import { startFollow } from './following/start-follow.ts'
import { importArchives, type ImportPorts, type RunningImportRow } from './importing/import-archives.ts'
import { previewImportOf } from './importing/preview-import.ts'
import { createLocks, type Locks } from './locks.ts'
import { createMemberReactors, type MemberReactorPorts, type MemberReactors } from './member-reactors.ts'
import { DiskSpace } from './packing/disk-space.ts'
import { readFreeBytes } from './packing/free-bytes.ts'
import type { Settings } from './settings.ts'
import type { Stores } from './stores.ts'
import { logReactorFault } from './telemetry/log-reactor-fault.ts'
import type { NodeVerifications } from './verification/node-verifications.ts'

export interface MemberParts {
  readonly settings: Pick<Settings, 'trackers' | 'dht' | 'privateAddresses' | 'settleSeconds'>
  /** Left out where nothing bounds what is fetched. */
  readonly space?: DiskSpace
  readonly stores: Stores
  readonly client: TorrentClient
  /** What is shared with those who check and mend files. */
  readonly files: Pick<NodeVerifications, 'gate' | 'locks' | 'fetchLocks' | 'suspects'>
  readonly wallClock: WallClock
  readonly recordAs: (actor: `reactor:${string}`) => RecordOutcome
  readonly log: Logger
  /** Left out where nobody measures. */
  readonly watch?: WatchWork
}

/** What a node does as a member of communities: it learns of archives, fetches them and takes their messages over. */
export interface Members extends MemberReactors {
  readonly reactors: MemberReactors['reactors'] & { readonly sweeping: Reactor }
  /** What is asked of it, but for why history is missing. */
  readonly reader: Omit<MemberReader, 'readEvidence'>
  readonly rules: AddressRules
  /** Listens anew to a node, as the token or the key for it has changed. */
  renewFollow(communityId: CommunityId, url: FollowRow['url']): Promise<void>
  /** Held by whoever takes messages of a community over; not for as long as a download takes. */
  readonly importLocks: Pick<Locks<CommunityId>, 'hold'>
  /** Has an import that waits as it failed go on at once. */
  hastenImport(communityId: CommunityId): void
}

/** Creates all that members need; nothing of it goes on until its reactors are woken. */
export function createMembers(parts: MemberParts): Members {
  const { settings, wallClock } = parts
  const rules = { resolve: resolveHost, allowPrivate: settings.privateAddresses }
  const [refused, progress] = [createRefusedLinkCounts(), createDownloadProgresses()]
  const { fetchLocks: locks, suspects } = parts.files
  const importLocks = createLocks<CommunityId>()
  const learn = createLearnLinks({
    execute: parts.stores.execute,
    rules,
    refused,
    now: wallClock.now,
    logRefused: (details) => parts.log.warn(details, 'Does not believe a link'),
  })
  const [downloads, imports] = [createDownloadPorts(parts, progress), createImportPorts(parts)]
  const takeOver: MemberReactorPorts['importArchives'] = async (running, signal) =>
    importLocks.hold(running.communityId, async () => importArchives(running, signal, imports))
  const { reactors, attempts } = createReactors(parts, progress, {
    download: async (running, signal) =>
      locks.hold(running.communityId, async () =>
        signal.aborted ? STOPPED : downloadVersion(running, signal, downloads),
      ),
    importArchives: async (running, signal) =>
      locks.hold(running.communityId, async () => {
        const outcome = signal.aborted ? STOPPED : await takeOver(running, signal)
        if (!outcome.ok && outcome.error.code === 'READ_FAILED') suspects.add(suspectOf(running))
        return outcome
      }),
    follow: async (follow) => startFollow(follow, { ...parts, learn, rules, reactor: () => reactors.following }),
    learn: learn.fromTable,
  })
  const reader: Members['reader'] = {
    followState: (communityId, url) => reactors.following.followed(communityId, url)?.state() ?? null,
    refusedLinks: refused.count,
    downloadProgress: progress.sample,
    previewImport: async (communityId) => previewImportOf(communityId, imports),
  }
  const [renewFollow, hastenImport] = [reactors.following.renew, createHastenImport(reactors, attempts)]
  const sweeping = createSweeping(parts)
  return { reactors: { ...reactors, sweeping }, attempts, rules, reader, renewFollow, importLocks, hastenImport }
}

function createHastenImport(
  { importing }: MemberReactors['reactors'],
  attempts: MemberReactors['attempts'],
): Members['hastenImport'] {
  return (communityId) => {
    if (attempts.importing.forgive(communityId)) importing.wake()
  }
}

/** Its index or its torrent file is not what it was when it was fetched. */
function suspectOf({ communityId, importId, cause, correlationId }: RunningImportRow): DamagedFiles {
  return { communityId, damage: `not read by ${importId}`, cause, correlationId }
}

function createReactors(
  { settings, stores, client, recordAs, wallClock, watch, log }: MemberParts,
  { keepOnly: onRunning }: DownloadPorts['progress'],
  work: Pick<MemberReactorPorts, 'download' | 'importArchives' | 'follow' | 'learn'>,
): MemberReactors {
  return createMemberReactors({
    stores,
    ...work,
    onRunning,
    table: client,
    isTableOn: settings.dht,
    active: () => client.active(),
    settleMs: settings.settleSeconds * 1000,
    recordAs,
    wallClock,
    ...(watch && { watch }),
    onFault: logReactorFault(log),
  })
}

/** Nothing was done: it was asked to stop while it waited for its turn. */
const STOPPED: Result<null, never> = ok(null)

function createDownloadPorts(
  { settings, space = new DiskSpace(), stores, client, files, recordAs, log }: MemberParts,
  progress: DownloadPorts['progress'],
): DownloadPorts {
  const { archivesDir, db } = stores
  return {
    archivesDir,
    client,
    gate: files.gate,
    cipher: NO_KEYS,
    progress,
    record: recordAs('reactor:downloading'),
    async readSettings(communityId) {
      const { trackers, quotaBytes } = (await readCommunity(db, communityId))?.settings ?? defaultSettings
      return { trackers: trackers ?? settings.trackers, quotaBytes }
    },
    readGeneration: async (communityId) => readOpenGeneration(db, communityId),
    readServedGeneration: async (torrent) => readGenerationOf(db, torrent),
    readFreeBytes: async () => readFreeBytes(archivesDir),
    space,
    logFailure: (err, { communityId, infoHash, correlationId }) =>
      log.warn({ err, communityId, infoHash, correlationId }, 'A download does not get on, and will be tried again'),
  }
}

/** Removes what was fetched and is of no more use, once nobody works with it. */
function createSweeping({ stores: { archivesDir, db }, files, wallClock, log }: MemberParts): Reactor {
  const { locks, fetchLocks } = files
  const sweep: SweepGenerationsPorts = {
    archivesDir,
    db,
    alone: async (communityId, work) => locks.hold(communityId, async () => fetchLocks.hold(communityId, work)),
    onSwept: (swept) => log.info(swept, 'Removed what was fetched and is of no more use'),
    onUnswept: ({ path, cause: err }) =>
      log.error({ path, err }, 'Cannot remove what is of no more use, and will try again at the next start'),
  }
  return createReactor({
    name: 'sweeping',
    react: async () => sweepGenerations(sweep).then(() => null),
    wallClock,
    onFault: logReactorFault(log),
  })
}

function createImportPorts({ stores, recordAs, log }: MemberParts): ImportPorts {
  const { archivesDir, db, messages } = stores
  return {
    archivesDir,
    db,
    imports: messages.imports,
    cipher: NO_KEYS,
    record: recordAs('reactor:importing'),
    logFailure: (err, about) => log.warn({ ...about, err }, 'An archive cannot be taken over'),
  }
}
