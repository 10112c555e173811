import { onTestFinished } from 'vitest'
import { countLate, createScheduleReader, type SchedulePorts } from '../../src/app/schedule/schedules.ts'
import type { Execute } from '../../src/commands/command-meta.ts'
import { PARTITION_SECONDS } from '../../src/domain/archive.ts'
import type { Command } from '../../src/domain/commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { CommunitySettings } from '../../src/domain/community-settings.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { DomainEvent, EventType } from '../../src/domain/events.ts'
import type { UnixMillis, UnixSeconds } from '../../src/domain/time.ts'
import type { Position } from '../../src/events/recorded-event.ts'
import { readArchives } from '../../src/projections/archives.ts'
import { readCommunity, type CommunityRow } from '../../src/projections/communities.ts'
import { readLastRuns, type RunRow } from '../../src/projections/runs.ts'
import { createMovableClock } from './movable-clock.ts'
import { SAMPLE_TOPIC, sampleMessage } from './sample-message.ts'
import { SimulatedNode } from './simulated-node.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

export const DAY = 86_400
export const WEEK = PARTITION_SECONDS
export const BEGINNING = 1_800_000_000
/** Far more wake-ups than a test here has: a node that wants so many goes round and round. */
const MOST_WAKES = 2_000

/** Wishes that need nothing but their name. */
type PlainWish =
  | 'LeaveCommunity'
  | 'PurgeCommunity'
  | 'EnableArchiving'
  | 'DisableArchiving'
  | 'RequestSeeding'
  | 'WithdrawSeeding'
  | 'EnableProtocol'
  | 'DisableProtocol'

export type WeeklyWish = PlainWish | 'AddCommunity' | 'GoOnline' | 'GoOffline'

/**
 * A node with a community whose archives come by themselves: schedule, messages, packing and files are real.
 *
 * Nobody wakes it but its log, its messages and its clock. All times are in seconds since the beginning.
 */
export class WeeklyNode {
  readonly clock = createMovableClock((BEGINNING * 1000) as UnixMillis)
  readonly node = new SimulatedNode(createTemporaryFolder(), this.clock, () => undefined)
  communityId = '' as CommunityId
  #said = 0

  /** What the schedule reads. */
  get ports(): SchedulePorts & { readonly execute: Execute } {
    const { db, messages, execute } = this.node.process.stores
    return { db, messages, execute, now: this.clock.now, isSwitchedOn: true }
  }

  /** Messages come in together; each was sent at one of these times. */
  async say(...sentAt: readonly number[]): Promise<void> {
    await this.sayOf(SAMPLE_TOPIC, ...sentAt)
  }

  /** Messages that are not the community's, or are. */
  async sayOf(topic: ContentTopic, ...sentAt: readonly number[]): Promise<void> {
    const messages = sentAt.map((second) => {
      this.#said += 1
      const timestamp = (BEGINNING + second) as UnixSeconds
      return sampleMessage({ timestamp, topic, payload: Buffer.from(`number ${this.#said}`) })
    })
    await this.node.record(this.communityId, messages)
    await this.node.settle()
  }

  async wish(wish: WeeklyWish): Promise<void> {
    await this.send(wish)
    await this.node.settle()
  }

  /** Wishes without waiting for what comes of it. */
  async send(wish: WeeklyWish): Promise<void> {
    await this.node.wish(this.#commandOf(wish))
  }

  async change(changes: Partial<CommunitySettings>): Promise<void> {
    await this.node.wish({ type: 'ChangeSettings', communityId: this.communityId, changes })
    await this.node.settle()
  }

  /** Lets time pass until then; the node comes to rest each time that it wanted to be woken, and at the end. */
  async goTo(second: number): Promise<void> {
    const end = ((BEGINNING + second) * 1000) as UnixMillis
    let wakes = 0
    for (let at = this.clock.nextWakeAt(); at !== null && at < end; at = this.clock.nextWakeAt()) {
      wakes += 1
      if (wakes > MOST_WAKES) throw new Error(`The node wants to be woken more than ${MOST_WAKES} times`)
      this.clock.advanceTo(at)
      await this.node.settle()
    }
    this.clock.advanceTo(end)
    await this.node.settle()
  }

  /** Sets the clock. */
  async jumpTo(second: number): Promise<void> {
    this.clock.jumpTo(((BEGINNING + second) * 1000) as UnixMillis)
    await this.node.settle()
  }

  async community(): Promise<CommunityRow> {
    const community = await readCommunity(this.ports.db, this.communityId)
    if (community === null) throw new Error('The community was never added')
    return community
  }

  /** When the next run comes by itself; or why none does. */
  async next(): Promise<number | string> {
    const schedule = await createScheduleReader(this.ports)(await this.community())
    if (schedule.status === 'PLANNED') return schedule.at / 1000 - BEGINNING
    return schedule.status === 'SUSPENDED' ? schedule.because : schedule.status
  }

  /** How many messages are late. */
  async late(): Promise<number> {
    return countLate(await this.community(), this.ports.messages)
  }

  async lastRun(): Promise<RunRow | undefined> {
    return (await readLastRuns(this.ports.db, [this.communityId])).at(-1)
  }

  async facts(): Promise<readonly DomainEvent[]> {
    const { log } = this.node.process.stores
    const facts: DomainEvent[] = []
    for (let after = 0; ; after += 1000) {
      const page = await log.read({ after: after as Position, limit: 1000 })
      facts.push(...page.map(({ event }) => event))
      if (page.length < 1000) return facts
    }
  }

  /** Waits until there are so many such facts. */
  async recorded(type: EventType, count: number): Promise<void> {
    let found = 0
    for await (const { event } of this.node.process.stores.log.tail(0 as Position, new AbortController().signal)) {
      if (event.type === type) found += 1
      if (found === count) return
    }
  }

  /** The runs so far: what they were to pack, from and to, and what came of them. */
  async runs(): Promise<readonly (readonly [from: number, to: number, end: string])[]> {
    const facts = await this.facts()
    return facts.flatMap((started) => {
      if (started.type !== 'ArchiveCreationStarted') return []
      const { runId, from, to } = started.data
      const end = facts.find(({ type, data }) => type !== started.type && 'runId' in data && data.runId === runId)
      const outcome = end?.type === 'ArchiveCreationFailed' ? end.data.code : (end?.type ?? 'RUNNING')
      return [[from - BEGINNING, to - BEGINNING, outcome] as const]
    })
  }

  /** The archives of the newest version: from and to, and how many messages each holds. */
  async archives(): Promise<readonly (readonly [from: number, to: number, messages: number | null])[]> {
    const rows = await readArchives(this.ports.db, this.communityId, {})
    return rows.map(({ from, to, messages }) => [from - BEGINNING, to - BEGINNING, messages])
  }

  /** How many torrents are served. */
  served(): number {
    return this.node.process.client.active().size
  }

  #commandOf(wish: WeeklyWish): Command {
    const { communityId } = this
    if (wish === 'GoOnline' || wish === 'GoOffline') return { type: 'SetOnline', online: wish === 'GoOnline' }
    if (wish === 'EnableProtocol' || wish === 'DisableProtocol') return { type: wish }
    if (wish !== 'AddCommunity') return { type: wish, communityId }
    return { type: wish, communityId, role: 'CONTROL_NODE', contentTopics: [SAMPLE_TOPIC], archiving: true }
  }
}

/** Starts such a node. Nothing is dispatched again by itself within a year. */
export async function startWeeklyNode(): Promise<WeeklyNode> {
  const weekly = new WeeklyNode()
  const { node } = weekly
  onTestFinished(async () => (node.isRunning ? node.kill() : undefined))
  await node.start()
  weekly.communityId = await node.process.stores.keys.createCommunity()
  await weekly.wish('AddCommunity')
  await weekly.change({ redispatchSeconds: 52 * WEEK })
  return weekly
}
