import { v7 } from 'uuid'
import type { CommandMeta, Execute, Refusal } from '../../commands/command-meta.ts'
import type { FindEarlierAnswer } from '../../commands/earlier-answer.ts'
import type { DownloadId, ImportId } from '../../domain/archive.ts'
import type { BearerToken } from '../../domain/bearer-token.ts'
import { identityOf, parseCommunityId, type CommunityId } from '../../domain/community-id.ts'
import type { FollowUrl } from '../../domain/follow-url.ts'
import { magnetUriOf, type Announcement, type MagnetUri } from '../../domain/magnet.ts'
import { namedHosts, parseMagnet, type Magnet } from '../../domain/parse-magnet.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { checkAddresses, type AddressRules } from '../../addresses/check-addresses.ts'
import { linkProofOf } from '../../formats/link-proof.ts'
import { verifyAnnouncement } from '../../formats/verify-announcement.ts'
import type { MemberWishes, MemberWishRefusal, SubmitMagnetlinkInput } from '../../graphql/member-wishes.ts'
import type { TokenStore } from '../../identity/token-store.ts'
import type { MessageStore } from '../../messages/message-store.ts'
import type { ImportRow } from '../../projections/imports.ts'
import type { Locks } from '../locks.ts'

export interface MemberWishPorts {
  readonly execute: Execute
  readonly findEarlierAnswer: FindEarlierAnswer
  readonly tokens: TokenStore
  readonly rules: AddressRules
  readonly imports: Pick<MessageStore['imports'], 'undo'>
  readonly isProtocolEnabled: () => Promise<boolean>
  readonly readLastImport: (communityId: CommunityId) => Promise<ImportRow | null>
  /** Listens anew to a node, as the token or the key for it has changed. */
  readonly renewFollow: (communityId: CommunityId, url: FollowUrl) => Promise<void>
  /** Held by whoever takes messages of a community over, or puts them back. */
  readonly importLocks: Pick<Locks<CommunityId>, 'hold'>
  /** Has an import that waits as it failed go on at once. */
  readonly hastenImport: (communityId: CommunityId) => void
  readonly now: () => UnixMillis
}

/** Creates the wishes of members that take more than a command. */
export function createMemberWishes(ports: MemberWishPorts): MemberWishes {
  const { execute, tokens, isProtocolEnabled } = ports
  return {
    followNode: createFollowNode(ports),
    async unfollowNode(communityId, url, meta) {
      const unfollowed = await execute({ type: 'UnfollowNode', communityId, url }, meta)
      if (unfollowed.ok) await tokens.remove(communityId, url)
      return unfollowed
    },
    submitMagnetlink: createSubmitMagnetlink(ports),
    async downloadArchives({ communityId, selection }, meta) {
      const wish = { downloadId: v7() as DownloadId, selection, occasion: 'REQUEST' } as const
      return execute({ type: 'StartDownload', communityId, ...wish, protocolEnabled: await isProtocolEnabled() }, meta)
    },
    async importArchives(communityId, meta) {
      const importId = v7() as ImportId
      const protocolEnabled = await isProtocolEnabled()
      const started = await execute({ type: 'StartImport', communityId, importId, protocolEnabled }, meta)
      if (!started.ok && started.error.type === 'ImportRunning') ports.hastenImport(communityId)
      return started
    },
    undoImport: createUndoImport(ports),
  }
}

function createFollowNode(ports: MemberWishPorts): MemberWishes['followNode'] {
  const { execute, findEarlierAnswer, tokens, rules, renewFollow } = ports
  return async ({ communityId, url, nodeKey, token }, meta) => {
    const earlier = await findEarlierAnswer('FollowNode', meta)
    if (earlier !== null) return (await isOtherToken(communityId, url, token, tokens)) ? reusedKey(meta) : earlier
    const { hostname: host, protocol } = new URL(url)
    const checked = await checkAddresses([host], rules)
    if (!checked.ok) return err({ type: 'AddressRefused', host: checked.error.host })
    if (token !== null && protocol !== 'wss:' && !rules.allowPrivate) return err({ type: 'FollowNotEncrypted', host })
    // Before the event, so that the node is never asked without the token that it was given for.
    const before = token === null ? null : await tokens.get(communityId, url)
    if (token !== null) await tokens.put(communityId, url, token)
    const followed = await execute({ type: 'FollowNode', communityId, url, nodeKey }, meta)
    if (token !== null && !followed.ok) {
      await (before === null ? tokens.remove(communityId, url) : tokens.put(communityId, url, before))
    }
    // With another key, what was refused before may be believed: it is asked for again.
    if ((token !== null || nodeKey !== null) && followed.ok) await renewFollow(communityId, url)
    return followed
  }
}

/**
 * Whether another token is kept than the one of the wish. The receipt tells wishes apart by their input, which has
 * nothing of a token in it, not even a digest; so the secret itself is asked.
 */
async function isOtherToken(
  communityId: CommunityId,
  url: FollowUrl,
  token: BearerToken | null,
  tokens: TokenStore,
): Promise<boolean> {
  const kept = token === null ? null : await tokens.get(communityId, url)
  return kept !== null && kept !== token
}

function reusedKey({ idempotency }: CommandMeta): Result<never, Refusal> {
  if (idempotency === null) throw new Error('Cannot name the key of a wish that has none')
  return err({ type: 'IdempotencyKeyReused', key: idempotency.key })
}

function createSubmitMagnetlink({ execute, rules, now }: MemberWishPorts): MemberWishes['submitMagnetlink'] {
  return async (input, meta) => {
    const judged = await judge(input, rules)
    if (!judged.ok) return judged
    const { communityId, clock } = input
    const { infoHash, trackers } = judged.value
    const magnetUri = magnetUriOf(infoHash, communityId, trackers, judged.value)
    const announcement = announcementOf(input)
    const link = {
      communityId,
      clock,
      infoHash,
      magnetUri,
      proof: announcement && linkProofOf(announcement, magnetUri),
    }
    return execute({ type: 'ReceiveMagnetlink', ...link, origin: { type: 'SUBMITTED' }, now: now() }, meta)
  }
}

async function judge(
  input: SubmitMagnetlinkInput,
  rules: AddressRules,
): Promise<Result<Magnet, Refusal | MemberWishRefusal>> {
  const { communityId, magnetUri } = input
  const magnet = parseMagnet(magnetUri)
  if (!magnet.ok) return err({ type: 'MagnetlinkMalformed', reason: magnet.error.reason })
  const named = parseCommunityId(magnet.value.displayName ?? '')
  if (named.ok && named.value !== communityId) return err({ type: 'OtherCommunity' })
  const announcement = announcementOf(input)
  if (announcement === null && identityOf(communityId) === 'NATIVE') return err({ type: 'SignatureMissing' })
  if (announcement !== null && !verifyAnnouncement(announcement, null).ok) return err({ type: 'SignatureInvalid' })
  const addresses = await checkAddresses(namedHosts(magnet.value), rules)
  return addresses.ok ? ok(magnet.value) : err({ type: 'AddressRefused', host: addresses.error.host })
}

/** What was signed, by whom; null where nobody did. */
function announcementOf({ communityId, clock, magnetUri, proof }: SubmitMagnetlinkInput): Announcement | null {
  return proof && { communityId, clock, magnetUri: magnetUri as MagnetUri, ...proof }
}

/** The messages come first: undoing twice changes nothing, and so a crash between leaves it to be wished again. */
function createUndoImport(ports: MemberWishPorts): MemberWishes['undoImport'] {
  const { execute, findEarlierAnswer, imports, readLastImport, importLocks } = ports
  const readUndoable = async (communityId: CommunityId): Promise<ImportId> => {
    const last = await readLastImport(communityId)
    return last?.status === 'FINISHED' ? last.importId : NO_IMPORT
  }
  return async (communityId, meta) => {
    const earlier = await findEarlierAnswer('RecordImportUndone', meta)
    if (earlier !== null) return earlier
    const wished = await readUndoable(communityId)
    const undo = async (): ReturnType<MemberWishes['undoImport']> => {
      // Another import may have begun while it waited for its turn: then what this one removed is gone.
      const importId = (await readUndoable(communityId)) === wished ? wished : NO_IMPORT
      const restored = importId === NO_IMPORT ? 0 : await imports.undo(communityId, importId)
      return execute({ type: 'RecordImportUndone', communityId, importId, restored }, meta)
    }
    // Where nothing can be undone the decider says what bars it, and at once: it may be an import that runs.
    return wished === NO_IMPORT ? undo() : importLocks.hold(communityId, undo)
  }
}

/** The id of no import. */
const NO_IMPORT = '' as ImportId
