import { createEvidenceReader } from '../../src/app/diagnosis.ts'
import { createLocks } from '../../src/app/locks.ts'
import type { Stores } from '../../src/app/stores.ts'
import { createMemberWishes, type MemberWishPorts } from '../../src/app/wishes/member-wishes.ts'
import { createEarlierAnswerFinder } from '../../src/commands/earlier-answer.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { LinkRefusalCode } from '../../src/domain/failure-codes.ts'
import type { FollowUrl } from '../../src/domain/follow-url.ts'
import type { UnixMillis } from '../../src/domain/time.ts'
import type { DownloadProgress, FollowState, ImportPreview, MemberReader } from '../../src/graphql/members.ts'
import type { MemberWishes } from '../../src/graphql/member-wishes.ts'
import { readLastImports } from '../../src/projections/imports.ts'
import { readNode } from '../../src/projections/nodes.ts'

/** What members' work says of itself; tests fill it in. */
export interface MemberSamples {
  readonly follows: Map<FollowUrl, FollowState>
  readonly refusedLinks: Map<LinkRefusalCode, number>
  readonly progress: Map<CommunityId, DownloadProgress>
  preview: ImportPreview
}

export function noSamples(): MemberSamples {
  const preview = { archives: 0, unreadable: 0, added: 0, kept: 0, removed: 0 }
  return { follows: new Map(), refusedLinks: new Map(), progress: new Map(), preview }
}

/** What the API asks of members' work: samples of a test, and evidence from the real projections. */
export function createMemberReader({ db }: Stores, samples: MemberSamples, now: () => UnixMillis): MemberReader {
  const followState: MemberReader['followState'] = (_id, url) => samples.follows.get(url) ?? null
  const refusedLinks: MemberReader['refusedLinks'] = (_id, code) => samples.refusedLinks.get(code) ?? 0
  const downloadProgress: MemberReader['downloadProgress'] = (communityId) => samples.progress.get(communityId) ?? null
  return {
    followState,
    refusedLinks,
    downloadProgress,
    previewImport: async () => samples.preview,
    readEvidence: createEvidenceReader({ db, now, followState, refusedLinks, downloadProgress }),
  }
}

/** The real wishes of members, in a world whose names stand for addresses of the internet alone. */
export function createTestMemberWishes(
  stores: Stores,
  now: () => UnixMillis,
  { importLocks = createLocks(), hastenImport = () => undefined }: Partial<MemberWishPorts> = {},
): MemberWishes {
  const { db, log, execute, messages, tokens } = stores
  return createMemberWishes({
    execute,
    findEarlierAnswer: createEarlierAnswerFinder(log),
    tokens,
    rules: { allowPrivate: false, resolve: async () => ['203.0.113.7'] },
    imports: messages.imports,
    isProtocolEnabled: async () => (await readNode(db)).protocol === 'ENABLED',
    readLastImport: async (communityId) => (await readLastImports(db, [communityId]))[0] ?? null,
    renewFollow: async () => undefined,
    importLocks,
    hastenImport,
    now,
  })
}
