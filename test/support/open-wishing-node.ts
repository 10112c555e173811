import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { WishPorts } from '../../src/app/wishes/wishes.ts'
import { createEarlierAnswerFinder } from '../../src/commands/earlier-answer.ts'
import { ok } from '../../src/domain/result.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import { openKeyStore } from '../../src/identity/key-store.ts'
import { readCommunity } from '../../src/projections/communities.ts'
import { readNode } from '../../src/projections/nodes.ts'
import { at } from './community-facts.ts'
import { openNode, type OpenNode } from './open-node.ts'

/** A log and keys of its own, and what wishes that take more than a command ask of the node. */
export interface WishingNode {
  readonly node: OpenNode
  readonly ports: WishPorts
  /** The names of the key files, save the node's own. */
  readonly keyFiles: () => readonly string[]
}

/** Opens a node where it is week 1, and there is room for every archive. */
export async function openWishingNode(fields: Partial<WishPorts> = {}): Promise<WishingNode> {
  const node = openNode()
  const keysDir = join(node.folder, 'keys')
  const ports: WishPorts = {
    execute: node.execute,
    findEarlierAnswer: createEarlierAnswerFinder(node.log),
    keys: await openKeyStore(keysDir),
    readCommunity: async (communityId) => readCommunity(node.db, communityId),
    readNode: async () => readNode(node.db),
    oldestMessageAt: () => at(0),
    checkSpace: async () => ok(null),
    alone: async (_communityId, work) => work(),
    forgetMessages: async () => undefined,
    now: () => (at(1) * 1000 + 999) as UnixMillis,
    ...fields,
  }
  return { node, ports, keyFiles: () => readdirSync(keysDir).filter((name) => name !== 'node') }
}
