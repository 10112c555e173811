import fc from 'fast-check'
import type { Command } from '../../src/domain/commands.ts'
import type { NodeCommand } from '../../src/domain/node-commands.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { unknownCommunity, type Community } from '../../src/domain/community.ts'
import { decideCommunity } from '../../src/domain/decide-community.ts'
import type { DomainEvent } from '../../src/domain/events.ts'
import { evolveCommunity } from '../../src/domain/evolve-community.ts'
import type { Clock } from '../../src/domain/magnet.ts'
import { decideNode, evolveNode, newNode, type NodeState } from '../../src/domain/node.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { COMMUNITY, runId } from './community-facts.ts'
import { tokenCreated, tokenId } from './token-facts.ts'
import { webhookAdded, webhookId } from './webhook-facts.ts'
import { outline, wishOf, type Outline } from './random-wishes.ts'

/** The communities of a node: a native one and a foreign one. */
export const COMMUNITIES: readonly CommunityId[] = [COMMUNITY, `0x02${'d1'.repeat(32)}` as CommunityId]

/** What one wish led to: one append to the log. */
export interface Append {
  readonly command: Command
  readonly events: readonly DomainEvent[]
}

/** A life of a node with its communities, and the states at the end of it. */
export interface NodeLife {
  readonly appends: readonly Append[]
  readonly node: NodeState
  readonly communities: ReadonlyMap<CommunityId, Community>
}

type Step = { readonly community: CommunityId; readonly outline: Outline } | { readonly node: NodeCommand }

const nodeCommand: fc.Arbitrary<NodeCommand> = fc.oneof(
  fc
    .nat(9)
    .map((n) => ({ type: 'RecordNodeStarted', runId: runId(n), version: `1.0.${n}`, lastSeenAt: null }) as const),
  fc.boolean().map((online) => ({ type: 'SetOnline', online }) as const),
  fc.nat(3).map((n) => ({ type: 'RevokeToken', tokenId: tokenId(n) }) as const),
  fc.nat(99).map((n) => ({ type: 'CreateToken', ...tokenCreated(n).data, now: 1 as UnixMillis }) as const),
  fc.nat(3).map((n) => ({ type: 'RemoveWebhook', webhookId: webhookId(n), reason: 'LOST' }) as const),
  fc.nat(30).map((n) => addWebhook(n, n % 2 === 0 ? null : COMMUNITY)),
  fc.constantFrom<NodeCommand>(
    { type: 'RecordNodeStopped' },
    { type: 'EnableProtocol' },
    { type: 'DisableProtocol' },
    { type: 'RecordTorrentClientDown', exitCode: 1, signal: null },
    { type: 'RecordTorrentClientUp' },
    { type: 'RecordLogRestored', incarnation: '11111111-1111-4111-8111-111111111111', clockFloor: 7 as Clock },
    { type: 'RecordLogRestored', incarnation: '22222222-2222-4222-8222-222222222222', clockFloor: 5 as Clock },
  ),
)

function addWebhook(number: number, about: CommunityId | null): NodeCommand {
  const { types } = webhookAdded(number).data
  return { type: 'AddWebhook', webhookId: webhookId(number), types, about }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ community: fc.constantFrom(...COMMUNITIES), outline }) },
  { weight: 1, arbitrary: fc.record({ node: nodeCommand }) },
)

/** A random life of a node. */
export const nodeLife: fc.Arbitrary<NodeLife> = fc
  .array(step, { minLength: 1, maxLength: 160, size: 'max' })
  .map(playNode)

function playNode(steps: readonly Step[]): NodeLife {
  let node = newNode
  const communities = new Map<CommunityId, Community>()
  const appends = steps.map((each, index): Append => {
    if ('node' in each) {
      const decided = decideNode(each.node, node)
      const events = decided.ok ? decided.value : []
      node = events.reduce(evolveNode, node)
      return { command: each.node, events }
    }
    const community = communities.get(each.community) ?? unknownCommunity
    const command = { ...wishOf(each.outline, index + 1, community), communityId: each.community }
    const decision = decideCommunity(command, community)
    const events = decision.ok ? decision.value : []
    communities.set(each.community, events.reduce(evolveCommunity, community))
    return { command, events }
  })
  return { appends: appends.filter(({ events }) => events.length > 0), node, communities }
}
