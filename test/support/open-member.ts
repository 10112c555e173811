import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { pino } from 'pino'
import { createLocks } from '../../src/app/locks.ts'
import { createMembers, type Members } from '../../src/app/members.ts'
import { recordAs, startReactors, type Reactors } from '../../src/app/reactors.ts'
import { openStores, type Stores } from '../../src/app/stores.ts'
import { systemClock } from '../../src/app/system-clock.ts'
import { createSeedingClient } from '../../src/app/torrents.ts'
import { createEvidenceReader } from '../../src/app/diagnosis.ts'
import { behindGate, createServingGate } from '../../src/app/verification/serving-gate.ts'
import { createSuspects } from '../../src/app/verification/suspects.ts'
import type { ImportId } from '../../src/domain/archive.ts'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { diagnose } from '../../src/domain/diagnose.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { Clock, MagnetUri } from '../../src/domain/magnet.ts'
import { ok } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { BEFORE_ALL } from '../../src/events/recorded-event.ts'
import type { Download } from '../../src/torrents/client/download.ts'
import type { TorrentClient } from '../../src/torrents/client/torrent-client.ts'
import { SAMPLE_TOPIC } from './sample-message.ts'
import { addCommunity, metaOf } from './sample-wishes.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'

type FactOf<Type extends DomainEvent['type']> = Extract<DomainEvent, { readonly type: Type }>

/** A member of communities without an API: its stores, files and reactors are real, and so is its torrent client. */
export interface OpenMember {
  readonly stores: Stores
  readonly members: Members
  readonly reactors: Reactors
  readonly dataDir: string
  /** What was thrown or told to the node's own log, as the names of codes. */
  readonly faults: readonly unknown[]
  join(communityId: CommunityId, fields?: Partial<Extract<Command, { type: 'AddCommunity' }>>): Promise<void>
  /** Hands a link over that an operator vouches for. */
  submit(link: SubmittedLink): Promise<void>
  /** Sends a wish that is granted. */
  wish(command: Command): Promise<void>
  /** The n-th fact of a type, once it is recorded. */
  until<Type extends DomainEvent['type']>(type: Type, nth?: number): Promise<FactOf<Type>>
  facts(): Promise<readonly DomainEvent[]>
  /** The codes of what `diagnose` finds, most likely first. */
  diagnose(communityId: CommunityId): Promise<readonly string[]>
  /** Ends it, as a stop of the process does; what it served is not served any more. */
  close(): Promise<void>
}

export interface SubmittedLink {
  readonly communityId: CommunityId
  readonly infoHash: InfoHash
  readonly magnetUri: MagnetUri
  readonly clock: number
}

export interface OpenMemberOptions {
  readonly dataDir?: string
  /** How long a download waits for a peer, in place of a minute. */
  readonly stallMs?: number
}

/** Opens one on a torrent client that other tests may use after it. */
export async function openMember(client: TorrentClient, options: OpenMemberOptions = {}): Promise<OpenMember> {
  const { dataDir = join(createTemporaryFolder(), 'node'), stallMs } = options
  const closing = new AsyncDisposableStack()
  const stores = valueOf(await openStores(dataDir, closing))
  const faults: unknown[] = []
  const gate = createServingGate()
  const members = createMembers({
    settings: { trackers: [], dht: false, privateAddresses: true, settleSeconds: 0 },
    stores,
    client: stallMs === undefined ? client : impatient(client, stallMs),
    files: { gate, locks: createLocks(), fetchLocks: createLocks(), suspects: createSuspects() },
    wallClock: systemClock,
    recordAs: (actor) => recordAs(actor, stores),
    log: pino({ level: 'silent' }),
  })
  const reactors = startReactors({
    stores,
    client: behindGate(
      createSeedingClient(client, stores.archivesDir, [], () => undefined),
      gate,
    ),
    pack: async () => ({ ok: false, error: { code: 'INTERNAL', numbers: {} } }),
    trackersOf: (chosen) => chosen ?? [],
    publicUrl: null,
    graceSeconds: 600,
    schedules: { readSchedules: async () => [], recordingUntil: () => null, createArchive: async () => ok(null) },
    repairs: { repair: async () => ok('WHOLE'), endUnwanted: async () => undefined },
    members,
    wallClock: systemClock,
    onFault: (fault) => faults.push(fault),
  })
  gate.onOpen(reactors.wake)
  closing.defer(async () => {
    await reactors.stop()
    for (const infoHash of client.active()) await client.drop(infoHash)
  })
  const close = async (): Promise<void> => closing.disposeAsync()
  onTestFinished(close)
  return { stores, members, reactors, dataDir, faults, close, ...createWishes(stores, members) }
}

/** The import that a test asks for. */
export const ASKED_IMPORT = '01890000-0000-7000-a000-000000000001' as ImportId

function createWishes(
  stores: Stores,
  { reader }: Members,
): Pick<OpenMember, 'join' | 'submit' | 'wish' | 'until' | 'facts' | 'diagnose'> {
  const { execute, log, db } = stores
  const { now } = systemClock
  const wish = async (command: Command): Promise<void> => void valueOf(await execute(command, metaOf()))
  const readEvidence = createEvidenceReader({ db, now, ...reader })
  return {
    wish,
    join: async (communityId, fields = {}) =>
      wish(addCommunity(communityId, { role: 'MEMBER', archiving: true, contentTopics: [SAMPLE_TOPIC], ...fields })),
    submit: async ({ clock, ...link }) => {
      const told = { ...link, clock: clock as Clock, origin: { type: 'SUBMITTED' }, proof: null } as const
      await wish({ type: 'ReceiveMagnetlink', ...told, now: Date.now() as UnixMillis })
    },
    async until<Type extends DomainEvent['type']>(type: Type, nth = 1) {
      const seen = new AbortController()
      let count = 0
      for await (const { event } of log.tail(BEFORE_ALL, seen.signal)) {
        if (event.type !== type) continue
        count += 1
        if (count === nth) return event as FactOf<Type>
      }
      throw new Error(`The log was closed before ${type}`)
    },
    facts: async () => (await log.read({ limit: 1000 })).map(({ event }) => event),
    diagnose: async (communityId) => diagnose(await readEvidence(communityId)).map(({ code }) => code),
  }
}

/** The same client, whose downloads give up soon. */
function impatient(client: TorrentClient, stallMs: number): TorrentClient {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'openDownload') {
        return (wanted: Parameters<TorrentClient['openDownload']>[0]) => hasten(target.openDownload(wanted), stallMs)
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

function hasten(download: Download, stallMs: number): Download {
  return {
    ...download,
    metadata: async (options) => download.metadata({ ...options, timeoutMs: stallMs }),
    fetch: async (wanted, options) => download.fetch({ ...wanted, stallMs }, options),
  }
}
