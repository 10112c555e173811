import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { filesAround } from './files-around.ts'
import { startMemberNode, type JoinedCommunity, type MemberNode } from './member-node.ts'

/** A member that is to write to the folders of its communities alone. */
export interface WatchedMember extends Pick<MemberNode, 'api' | 'dataDir' | 'stop'> {
  /** Joins a community that nobody else is in. */
  join(): Promise<JoinedCommunity>
  /** Leaves it, and looks at all files around the data directory, and in it, that are no community's own. */
  expectUntouched(): Promise<void>
}

/** Starts one for a whole file of tests, with files beside it that others may be after. */
export async function startWatchedMember(settings: Readonly<Record<string, string>> = {}): Promise<WatchedMember> {
  const { join: joinCommunity, ...member } = await startMemberNode(settings)
  const folder = dirname(member.dataDir)
  const ids: CommunityId[] = []
  let last: JoinedCommunity | null = null
  // Where paths lead that begin in the folder of a community, or of a version.
  for (const near of [folder, member.dataDir, join(member.dataDir, 'archives')]) {
    mkdirSync(near, { recursive: true })
    writeFileSync(join(near, 'canary'), 'as it was')
  }
  const look = (): object =>
    filesAround(
      folder,
      ids.map((id) => join('node', 'archives', id, '/')),
    )
  const before = look()
  return {
    ...member,
    async join() {
      const communityId = `0x02${(ids.length + 1).toString(16).padStart(64, '0')}` as CommunityId
      ids.push(communityId)
      last = await joinCommunity(communityId)
      return last
    },
    async expectUntouched() {
      await last?.leave()
      expect(look()).toEqual(before)
    },
  }
}
