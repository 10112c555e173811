import { join } from 'node:path'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { Message } from '../../src/domain/message.ts'
import { openMessageStore } from '../../src/messages/message-store.ts'
import type { TorrentClientEvent } from '../../src/torrents/client/torrent-client-event.ts'
import { createLightWatch } from './light-watch.ts'
import { createMischief } from './mischief.ts'
import type { MovableClock } from './movable-clock.ts'
import { metaOf } from './sample-wishes.ts'
import { startSimulatedProcess, type SimulatedProcess } from './simulated-process.ts'
import { valueOf } from './value-of.ts'

/** A node on one data directory, over all its lives. */
export class SimulatedNode {
  readonly mischief = createMischief()
  readonly watch = createLightWatch()
  /** How many processes were started, and how many of them were killed. */
  readonly counts = { starts: 0, kills: 0 }
  readonly #dataDir: string
  readonly #clock: MovableClock
  readonly #onDeath: () => void
  /** What an operator wished while no process ran to hear it. */
  #owed: Command[] = []
  #process: SimulatedProcess | null = null
  /** What was thrown first, and nobody injected. */
  #fault: { readonly fault: unknown } | null = null

  /** @param onDeath Is told when the process was killed by the death that was to come over it. */
  constructor(dataDir: string, clock: MovableClock, onDeath: () => void) {
    this.#dataDir = dataDir
    this.#clock = clock
    this.#onDeath = onDeath
  }

  get isRunning(): boolean {
    return this.#process !== null
  }

  /** The process that runs, which has to be there. */
  get process(): SimulatedProcess {
    if (this.#process === null) throw new Error('No process runs')
    return this.#process
  }

  async start(): Promise<void> {
    this.counts.starts += 1
    this.#process = await startSimulatedProcess({
      dataDir: this.#dataDir,
      clock: this.#clock,
      mischief: this.mischief,
      onDropped:
        ({ log }) =>
        async (infoHash, active) =>
          this.watch.dropped(log, infoHash, active, this.#clock.now()),
      onFault: (fault) => (this.#fault ??= { fault }),
    })
    if (this.#process === null) return this.#mourn()
    const owed = this.#owed
    this.#owed = []
    for (const command of owed) await this.wish(command)
    await this.settle()
  }

  async kill(): Promise<void> {
    const { process } = this
    this.#process = null
    this.counts.kills += 1
    await process.kill()
  }

  async stop(): Promise<void> {
    const { process } = this
    // It may be killed on its way out.
    if ((await Promise.race([process.stop(), process.ended])) === 'DEAD') await this.#bury()
    else this.#process = null
  }

  /** Lets the node come to rest, and looks at it then. */
  async settle(): Promise<void> {
    if (this.#fault !== null) throw this.#fault.fault
    if (this.#process === null) return
    const { stores, client } = this.#process
    if ((await this.#process.settle()) === 'DEAD') await this.#bury()
    else await this.watch.look(stores.log, client.active(), this.#clock.now())
  }

  async wish(command: Command): Promise<void> {
    if (this.#process === null) this.#owed.push(command)
    // It is wished again where nobody knows whether it was heard.
    else if ((await Promise.race([hear(this.#process, command), this.#process.ended])) === 'DEAD') {
      this.#owed.push(command)
    }
  }

  async record(communityId: CommunityId, messages: readonly Message[]): Promise<void> {
    if (this.#process !== null) return this.#process.record(communityId, messages)
    // As the command line does, while no process holds the lock.
    const store = openMessageStore(join(this.#dataDir, 'messages.db'))
    await store.record(communityId, messages)
    await store.close()
  }

  /** @returns Has the client come back, if its process still runs; null where there is none to die. */
  async killClient(): Promise<(() => Promise<void>) | null> {
    const killed = this.#process
    if (killed === null || !killed.client.isUp()) return null
    const tell = async (event: TorrentClientEvent): Promise<void> =>
      void (await Promise.race([killed.tell(event), killed.ended]))
    killed.client.die()
    await tell({ type: 'DOWN', exitCode: null, signal: 'SIGKILL' })
    return async () => {
      if (this.#process !== killed) return
      killed.client.restart()
      await tell({ type: 'UP' })
    }
  }

  async #bury(): Promise<void> {
    const { process } = this
    this.#process = null
    await process.kill()
    this.#mourn()
  }

  #mourn(): void {
    this.counts.kills += 1
    this.mischief.death = null
    this.#onDeath()
  }
}

async function hear({ stores }: SimulatedProcess, command: Command): Promise<'HEARD'> {
  const answer = await stores.execute(command, metaOf())
  // A community that has not said much yet, or whose archiving is off, may well be told so.
  if (!answer.ok && !['NoArchiveYet', 'ArchivingIsDisabled'].includes(answer.error.type)) valueOf(answer)
  return 'HEARD'
}
