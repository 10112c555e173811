import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { beginRun } from '../../src/app/begin-run.ts'
import { packRecorded } from '../../src/app/packing/pack-recorded.ts'
import { createPackRun } from '../../src/app/packing/pack-run.ts'
import { startReactors, type Reactors } from '../../src/app/reactors.ts'
import { createRecordingBursts } from '../../src/app/schedule/recording-bursts.ts'
import type { RuntimeFile } from '../../src/app/runtime-file.ts'
import { createCheckPrevious } from '../../src/app/packing/check-previous.ts'
import { createCheckSpace } from '../../src/app/packing/check-space.ts'
import { createScheduledRuns } from '../../src/app/schedule/scheduled-runs.ts'
import { createSchedulesReader } from '../../src/app/schedule/schedules.ts'
import { createSpacePorts } from '../../src/app/space-ports.ts'
import { openStores, type Stores } from '../../src/app/stores.ts'
import { createClientEventRecorder } from '../../src/app/torrents.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { Message } from '../../src/domain/message.ts'
import type { WallClock } from '../../src/reactors/wall-clock.ts'
import type { TorrentClientEvent } from '../../src/torrents/client/torrent-client-event.ts'
import {
  createFileCheckingClient,
  type FileCheckingClient,
  type FileCheckingClientPorts,
} from './file-checking-client.ts'
import { createLifeLine, type LifeLine } from './life-line.ts'
import { faultySigning, type Mischief, mischievousSteps, noRepairs } from './mischief.ts'
import { valueOf } from './value-of.ts'

/** The grace of the nodes that are simulated. */
export const SIMULATED_GRACE_SECONDS = 600
const TRACKERS = ['udp://tracker.example:1337/announce']
const MOST_LOOKS = 500 // Far more than a node needs to come to rest.

/** One life of a node: its stores, keys, files, packing and reactors are real, its torrent client is not. */
export interface SimulatedProcess {
  readonly stores: Stores
  readonly client: FileCheckingClient
  /** Resolves when it was killed, by whatever. */
  readonly ended: Promise<'DEAD'>
  /** Waits until there is nothing left to do at this time. */
  settle(): Promise<'CALM' | 'DEAD'>
  record(communityId: CommunityId, messages: readonly Message[]): Promise<void>
  /** Tells of the torrent client as its supervisor does. */
  tell(event: TorrentClientEvent): Promise<void>
  /** Ends it as SIGKILL does: no goodbye, and nothing that is under way goes on. Its stores are free after that. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export interface SimulatedProcessOptions {
  readonly dataDir: string
  readonly clock: WallClock
  readonly mischief: Mischief
  readonly onDropped: (stores: Stores) => FileCheckingClientPorts['onDropped']
  /** Is told what nobody injected. */
  readonly onFault: (fault: unknown) => void
}

/** @returns Null when the process was killed before it was up. */
export async function startSimulatedProcess(options: SimulatedProcessOptions): Promise<SimulatedProcess | null> {
  const { dataDir, clock, mischief } = options
  const closing = new AsyncDisposableStack()
  const opened = valueOf(await openStores(dataDir, closing, clock.now))
  const life = createLifeLine(() => mischief.death)
  const stores: Stores = {
    ...opened,
    execute: async (command, meta) => life.command(async () => opened.execute(command, meta)),
    keys: faultySigning(opened.keys, mischief),
  }
  const onFault = (fault: unknown): void => (life.isCut() ? undefined : options.onFault(fault))
  const goodbye = new AsyncDisposableStack()
  const told = { onSwept: () => undefined, onUnswept: onFault, onFault }
  const beginning = { stores, dataDir, version: '1.0.0', now: clock.now, ...told }
  const runtime = await Promise.race([beginRun(beginning, goodbye), life.ended])
  if (runtime === 'DEAD') {
    await closing.disposeAsync()
    return null
  }
  return { ...live({ options, stores, life, onFault }), ...endsOf({ dataDir, runtime, life, goodbye, closing }) }

  function live(parts: Parts): Omit<SimulatedProcess, 'kill' | 'stop'> {
    const client = createFileCheckingClient({
      archivesDir: stores.archivesDir,
      refusal: mischief.refusal,
      onDropped: async (...dropped) => (life.isCut() ? undefined : options.onDropped(stores)(...dropped)),
    })
    const bursts = createRecordingBursts(clock.now)
    const reactors = startSimulatedReactors(parts, client, bursts.until)
    goodbye.defer(async () => reactors.stop())
    const die = async (): Promise<void> => {
      await life.ended
      client.die()
      await reactors.stop()
    }
    void die()
    return {
      stores,
      client,
      ended: life.ended,
      settle: async () => Promise.race([settle(stores, reactors), life.ended]),
      record: async (communityId, messages) => {
        await stores.messages.record(communityId, messages)
        bursts.note(communityId)
        reactors.wakeSchedules()
      },
      tell: createClientEventRecorder(stores, reactors.wake),
    }
  }
}

interface Parts {
  readonly options: SimulatedProcessOptions
  readonly stores: Stores
  readonly life: LifeLine
  readonly onFault: (fault: unknown) => void
}

function startSimulatedReactors(
  { options, stores, life, onFault }: Parts,
  client: FileCheckingClient,
  recordingUntil: Parameters<typeof startReactors>[0]['schedules']['recordingUntil'],
): Reactors {
  const { clock, mischief } = options
  const { db, messages, execute, archivesDir } = stores
  const files = mischievousSteps(mischief, life)
  const schedulePorts = { db, messages, execute, now: clock.now, isSwitchedOn: true }
  const spacePorts = { ...createSpacePorts(stores, () => TRACKERS), readFreeBytes: async () => mischief.freeBytes }
  const checkSpace = createCheckSpace({ messages, ...spacePorts })
  const checkPrevious = createCheckPrevious({ archivesDir, ...spacePorts })
  const createArchive = createScheduledRuns({ ...schedulePorts, checkSpace, checkPrevious })
  return startReactors({
    stores,
    client,
    pack: createPackRun({
      archivesDir,
      async packRecorded(run, signal) {
        await mischief.interlude()
        return packRecorded(messages, run, { files, isStopped: () => signal.aborted || life.isCut() })
      },
      ...spacePorts,
      publicUrl: null,
      now: clock.now,
      logFailure: () => undefined, // The log has it.
    }),
    trackersOf: () => TRACKERS,
    publicUrl: null,
    graceSeconds: SIMULATED_GRACE_SECONDS,
    schedules: { readSchedules: createSchedulesReader(schedulePorts), recordingUntil, createArchive },
    repairs: noRepairs(mischief, onFault),
    members: null,
    wallClock: clock,
    onFault: (fault) => (mischief.isInjected(fault) ? undefined : onFault(fault)),
  })
}

/** Nobody wakes a reactor here but the log and the clock, so a wake-up that is lost shows. */
async function settle({ log }: Stores, reactors: Reactors): Promise<'CALM'> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const head = log.head()
    await reactors.settled()
    // Those who follow the log, and waits that are over, have their turn.
    await setImmediate()
    await setImmediate()
    await reactors.settled()
    if (log.head() === head) return 'CALM'
  }
  throw new Error(`The node does not come to rest: position ${log.head()}`)
}

interface Ends {
  readonly dataDir: string
  readonly runtime: RuntimeFile
  readonly life: LifeLine
  readonly goodbye: AsyncDisposableStack
  readonly closing: AsyncDisposableStack
}

function endsOf({ dataDir, runtime, life, goodbye, closing }: Ends): Pick<SimulatedProcess, 'kill' | 'stop'> {
  return {
    async kill() {
      life.cut()
      // The signs of life end, and the last of them stays.
      const path = join(dataDir, 'runtime.json')
      const [sign, { atime, mtime }] = [readFileSync(path), statSync(path)]
      runtime.remove()
      writeFileSync(path, sign)
      utimesSync(path, atime, mtime)
      await closing.disposeAsync()
    },
    async stop() {
      await goodbye.disposeAsync()
      await closing.disposeAsync()
    },
  }
}
