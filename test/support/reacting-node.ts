import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startReactors, type ReactorPorts, type Reactors } from '../../src/app/reactors.ts'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { ok } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { openKeyStore, type KeyStore } from '../../src/identity/key-store.ts'
import { readNewestVersion } from '../../src/projections/versions.ts'
import type { ArchivingPorts } from '../../src/reactors/archiving-reactor.ts'
import { packed } from './community-facts.ts'
import { createMovableClock, type MovableClock } from './movable-clock.ts'
import { openNode, type OpenNode } from './open-node.ts'
import { createSeedingClientInMemory, type SeedingClientInMemory } from './seeding-client-in-memory.ts'
import { addCommunity, createArchive, metaOf } from './sample-wishes.ts'
import { createTemporaryFolder } from './temporary-folder.ts'
import { valueOf } from './value-of.ts'

export const GRACE_MS = 60_000

/** A node whose log, read models, keys and reactors are real; its torrents and archives are not. */
export interface ReactingNode extends OpenNode {
  readonly client: SeedingClientInMemory
  readonly keys: KeyStore
  readonly reactors: Reactors
  readonly clock: MovableClock
  readonly faults: readonly unknown[]
  /** Sends a wish that is granted, and lets the reactors finish what comes of it. */
  wish(command: Command): Promise<void>
  /** Lets the reactors look until they find nothing to do. */
  calm(): Promise<void>
  /** Lets time pass, and the reactors look: each time that one wanted to, and at the end. */
  advance(byMs: number): Promise<void>
  /** Adds a community that archives, with its key, and makes its first archive: torrent 1. */
  addArchived(): Promise<CommunityId>
  /** What is recorded of torrents and dispatches, such as `SeedingStarted 1`, in order. */
  story(): Promise<readonly string[]>
}

export interface ReactingNodeOptions {
  readonly folder?: string
  readonly client?: SeedingClientInMemory
  /** Serves in the place of the client in memory. */
  readonly torrents?: ReactorPorts['client']
  readonly pack?: ArchivingPorts['pack']
  readonly repairs?: ReactorPorts['repairs']
  readonly keys?: (keys: KeyStore) => KeyStore
  /** Nothing comes by itself unless a test says so. */
  readonly schedules?: (node: OpenNode, clock: MovableClock) => ReactorPorts['schedules']
  /** Goes on with the clock of a node before. */
  readonly clock?: MovableClock
}

/** Files that are whole, whatever is recorded of them. */
const NO_REPAIRS: ReactorPorts['repairs'] = {
  repair: async () => ok('WHOLE'),
  endUnwanted: async () => undefined,
}

const NO_SCHEDULES: ReactorPorts['schedules'] = {
  readSchedules: async () => [],
  recordingUntil: () => null,
  createArchive: async () => ok(null),
}

export async function openReactingNode(options: ReactingNodeOptions = {}): Promise<ReactingNode> {
  const { folder = createTemporaryFolder(), client = createSeedingClientInMemory() } = options
  const { clock = createMovableClock() } = options
  const node = openNode({ folder, now: clock.now })
  const opened = await openKeyStore(join(folder, 'keys'))
  const keys = options.keys?.(opened) ?? opened
  const faults: unknown[] = []
  const reactors = startReactors({
    stores: { ...node, keys },
    client: options.torrents ?? client,
    pack: options.pack ?? packOnePiece(node),
    trackersOf: (chosen) => chosen ?? ['http://tracker.example/announce'],
    publicUrl: null,
    graceSeconds: GRACE_MS / 1000,
    schedules: options.schedules?.(node, clock) ?? NO_SCHEDULES,
    repairs: options.repairs ?? NO_REPAIRS,
    members: null,
    wallClock: clock,
    onFault: (fault) => faults.push(fault),
  })
  onTestFinished(async () => reactors.stop())

  async function calm(): Promise<void> {
    for (let head = -1; head !== node.log.head();) {
      head = node.log.head()
      reactors.wake()
      await reactors.settled()
      // One reactor may have woken another that had settled by then.
      await reactors.settled()
    }
  }
  async function wish(command: Command): Promise<void> {
    valueOf(await node.execute(command, metaOf()))
    await calm()
  }
  const close = async (): Promise<void> => {
    await reactors.stop()
    await node.close()
  }
  return {
    ...node,
    client,
    keys,
    reactors,
    clock,
    faults,
    wish,
    calm,
    close,
    advance: async (byMs) => {
      const end = (clock.now() + byMs) as UnixMillis
      for (let at = clock.nextWakeAt(); at !== null && at < end; at = clock.nextWakeAt()) {
        clock.advanceTo(at)
        await calm()
      }
      clock.advanceTo(end)
      await calm()
    },
    addArchived: async () => {
      const communityId = await keys.createCommunity()
      await wish(addCommunity(communityId, { archiving: true }))
      await wish(createArchive(communityId, 1))
      return communityId
    },
    story: async () => storyOf(await node.facts()),
  }
}

/** Packs each run into one more archive of one piece; run n makes torrent n. */
function packOnePiece({ db }: OpenNode): ArchivingPorts['pack'] {
  return async ({ communityId, runId }): ReturnType<ArchivingPorts['pack']> => {
    const before = await readNewestVersion(db, communityId)
    const n = Number(runId.slice(-12))
    const archive = { ...packed(n, before?.dataBytes ?? 0), runId }
    return ok({ type: 'CREATED', archive })
  }
}

function storyOf(facts: Awaited<ReturnType<OpenNode['facts']>>): readonly string[] {
  return facts.flatMap((event) => {
    switch (event.type) {
      case 'SeedingStarted':
      case 'MagnetlinkDispatched':
        return [`${event.type} ${numberOf(event.data.infoHash)}`]
      case 'SeedingFailed':
        return [`SeedingFailed ${numberOf(event.data.infoHash)} ${event.data.code}`]
      case 'Unseeded':
        return [`Unseeded ${numberOf(event.data.infoHash)} ${event.data.code ?? event.data.reason}`]
      default:
        return []
    }
  })
}

function numberOf(infoHash: string): number {
  return Number.parseInt(infoHash, 16)
}
