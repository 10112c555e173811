import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { Recorded } from '../../src/events/recorded-event.ts'
import type { Disturbance, PlannedDisturbance } from './disturbances.ts'
import type { LightWatch } from './light-watch.ts'
import type { Mischief } from './mischief.ts'
import { createMovableClock } from './movable-clock.ts'
import { SimulatedNode } from './simulated-node.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import { BEGINNING, OWN_TOPICS, TALKS, WEEK, type Delivery } from './two-years-plan.ts'

/** What became of a node on one data directory. */
export interface SimulatedYears {
  readonly events: readonly Recorded[]
  readonly communityIds: readonly CommunityId[]
  readonly watch: LightWatch
  readonly starts: number
  readonly kills: number
  readonly counts: Mischief['counts']
}

/**
 * Lives through so many weeks in true time, whatever the node's clock says.
 *
 * @throws What the node throws and nobody injected.
 */
export async function simulateYears(
  dataDir: string,
  weeks: number,
  deliveries: readonly Delivery[],
  disturbances: readonly PlannedDisturbance[],
): Promise<SimulatedYears> {
  const years = new Years(dataDir)
  await years.begin()
  for (const delivery of deliveries) years.plan(delivery.at, async () => years.deliver(delivery))
  for (const { at, disturbance } of disturbances) years.plan(at, async () => years.disturb(disturbance))
  return years.liveUntil(BEGINNING + (weeks + 1) * WEEK)
}

interface Plan {
  readonly at: number
  readonly act: () => Promise<void>
}

class Years {
  readonly #clock = createMovableClock((BEGINNING * 1000) as UnixMillis)
  readonly #node: SimulatedNode
  readonly #communityIds: CommunityId[] = []
  readonly #plans: Plan[] = []
  /** How long the node is off after the death that is to come. */
  #offAfterDeath = 0
  #skew = 0

  constructor(dataDir: string) {
    this.#node = new SimulatedNode(dataDir, this.#clock, () => this.#planStart(this.#offAfterDeath))
  }

  async begin(): Promise<void> {
    await this.#node.start()
    for (const _ of TALKS) {
      const communityId = await this.#node.process.stores.keys.createCommunity()
      this.#communityIds.push(communityId)
      const wish = { communityId, role: 'CONTROL_NODE', contentTopics: OWN_TOPICS, archiving: true } as const
      await this.#node.wish({ type: 'AddCommunity', ...wish })
      await this.#node.wish({ type: 'ChangeSettings', communityId, changes: { redispatchSeconds: 3 * WEEK } })
    }
  }

  plan(at: number, act: () => Promise<void>): void {
    this.#plans.push({ at, act })
  }

  async liveUntil(end: number): Promise<SimulatedYears> {
    for (let moment = this.#next(end); moment !== null; moment = this.#next(end)) {
      this.#advanceTo(moment.at)
      await moment.act()
      await this.#node.settle()
    }
    const { mischief, watch, counts, process } = this.#node
    mischief.death = null
    this.#advanceTo(end)
    await this.#node.settle()
    const events = await readAll(process)
    await this.#node.stop()
    return { events, communityIds: this.#communityIds, watch, ...counts, counts: mischief.counts }
  }

  async deliver({ community, messages }: Delivery): Promise<void> {
    await this.#node.record(this.#communityAt(community), messages)
  }

  async disturb(disturbance: Disturbance): Promise<void> {
    const { mischief } = this.#node
    switch (disturbance.type) {
      case 'FILE_FAULT': {
        const { code, after, times } = disturbance
        mischief.fileFault = { code, stepsLeft: after, times }
        break
      }
      case 'SIGN_FAULTS':
        mischief.signFaults = disturbance.times
        break
      case 'REFUSALS':
        mischief.refusals = disturbance.times
        break
      case 'DEATH':
        mischief.death = { step: disturbance.step, stepsLeft: disturbance.after }
        this.#offAfterDeath = disturbance.offFor
        break
      case 'KILL':
      case 'STOP':
        await this.#end(disturbance.type, disturbance.offFor)
        break
      case 'CLIENT_DIES': {
        const comeBack = await this.#node.killClient()
        if (comeBack !== null) this.plan(this.#now() + disturbance.offFor, comeBack)
        break
      }
      case 'CLOCK':
        this.#clock.jumpBy((disturbance.skew - this.#skew) * 1000)
        this.#skew = disturbance.skew
        break
      case 'SWITCH': {
        const { off, on } = this.#wishesOf(disturbance)
        await this.#node.wish(off)
        this.plan(this.#now() + disturbance.offFor, async () => this.#node.wish(on))
        break
      }
      default:
        disturbance satisfies never
    }
  }

  async #end(how: 'KILL' | 'STOP', offFor: number): Promise<void> {
    if (!this.#node.isRunning) return
    const { kills } = this.#node.counts
    if (how === 'STOP') await this.#node.stop()
    // Where it was killed on its way out, its next start is planned already.
    if (this.#node.counts.kills > kills) return
    if (how === 'KILL') await this.#node.kill()
    this.#planStart(offFor)
  }

  #planStart(offFor: number): void {
    this.plan(this.#now() + offFor, async () => this.#node.start())
  }

  #wishesOf({ what, community }: Extract<Disturbance, { type: 'SWITCH' }>): Record<'off' | 'on', Command> {
    const communityId = this.#communityAt(community)
    switch (what) {
      case 'ARCHIVING':
        return { off: { type: 'DisableArchiving', communityId }, on: { type: 'EnableArchiving', communityId } }
      case 'SEEDING':
        return { off: { type: 'WithdrawSeeding', communityId }, on: { type: 'RequestSeeding', communityId } }
      case 'PROTOCOL':
        return { off: { type: 'DisableProtocol' }, on: { type: 'EnableProtocol' } }
      case 'NETWORK':
        return { off: { type: 'SetOnline', online: false }, on: { type: 'SetOnline', online: true } }
    }
  }

  /** What comes next: what was planned, or a reactor that wakes. */
  #next(end: number): Plan | null {
    const [plan] = this.#plans.sort((one, other) => one.at - other.at)
    const wakeAt = this.#clock.nextWakeAt()
    const wake = wakeAt === null ? Infinity : wakeAt / 1000 - this.#skew
    if (plan === undefined || wake < plan.at) return wake > end ? null : { at: wake, act: async () => undefined }
    if (plan.at > end) return null
    this.#plans.shift()
    return plan
  }

  #advanceTo(at: number): void {
    const nodeTime = Math.round((at + this.#skew) * 1000) as UnixMillis
    if (nodeTime >= this.#clock.now()) this.#clock.advanceTo(nodeTime)
  }

  #now(): number {
    return this.#clock.now() / 1000 - this.#skew
  }

  #communityAt(n: number): CommunityId {
    const communityId = this.#communityIds[n]
    if (communityId === undefined) throw new Error(`There is no community ${n}`)
    return communityId
  }
}

async function readAll({ stores: { log } }: SimulatedProcess): Promise<readonly Recorded[]> {
  const events: Recorded[] = []
  while ((events.at(-1)?.position ?? 0) < log.head()) {
    const last = events.at(-1)
    events.push(...(await log.read({ ...(last && { after: last.position }), limit: 1000 })))
  }
  return events
}
