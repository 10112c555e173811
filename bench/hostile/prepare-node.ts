import { createCreateToken } from '../../src/app/access/create-token.ts'
import { meta } from '../../src/app/begin-run.ts'
import { openStores, type Stores } from '../../src/app/stores.ts'
import { systemClock } from '../../src/app/system-clock.ts'
import type { AccessRole } from '../../src/domain/access.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { valueOf } from '../../test/support/value-of.ts'

/** Who may do what on a node that has a past. */
export interface PreparedNode {
  /** Its magnet links are public. */
  readonly communityId: CommunityId
  /** Of somebody who means well. */
  readonly operatorToken: string
  /** Of an operator who does not. */
  readonly hostileOperatorToken: string
  /** Of a viewer who does not. */
  readonly hostileViewerToken: string
}

const COMMUNITIES = 50

/** Makes the data directory of a node with 50 communities, and with so many events that clients are told of. */
export async function prepareNode(dataDir: string, events: number): Promise<PreparedNode> {
  await using closing = new AsyncDisposableStack()
  const stores = valueOf(await openStores(dataDir, closing))
  const { execute } = stores
  const ids = Array.from({ length: COMMUNITIES }, (_, each) => communityOf(each))
  for (const communityId of ids) {
    const community = { communityId, role: 'CONTROL_NODE', contentTopics: [], archiving: true } as const
    valueOf(await execute({ type: 'AddCommunity', ...community }, meta()))
  }
  // All communities at a time, so that they are committed together.
  await Promise.all(ids.map(async (communityId) => changeOften(stores, communityId, events / COMMUNITIES)))
  const communityId = communityOf(0)
  const changes = { publicMagnetlinks: true }
  valueOf(await execute({ type: 'ChangeSettings', communityId, changes }, meta()))
  return {
    communityId,
    operatorToken: await createToken(stores, 'OPERATOR'),
    hostileOperatorToken: await createToken(stores, 'OPERATOR'),
    hostileViewerToken: await createToken(stores, 'VIEWER'),
  }
}

/** What is so already is not recorded again: it is switched off and on in turn. */
async function changeOften({ execute }: Stores, communityId: CommunityId, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const type = time % 2 === 0 ? 'DisableArchiving' : 'EnableArchiving'
    valueOf(await execute({ type, communityId }, meta()))
  }
}

async function createToken({ execute }: Stores, role: AccessRole): Promise<string> {
  const create = createCreateToken({ execute, now: systemClock.now })
  const created = valueOf(await create({ role, communityIds: null, expiresAt: null }, meta()))
  if (created.secret === null) throw new Error(`Cannot make a token of role ${role}: its secret was not told`)
  return created.secret
}

function communityOf(each: number): CommunityId {
  return `0x02${each.toString(16).padStart(2, '0')}${'5a'.repeat(31)}` as CommunityId
}
