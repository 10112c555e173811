import type { CommandMeta, Execute, Refusal } from '../../commands/command-meta.ts'
import type { LinkRefusalCode } from '../../domain/failure-codes.ts'
import { magnetUriOf, type Announcement } from '../../domain/magnet.ts'
import type { ReceiveMagnetlink } from '../../domain/member-commands.ts'
import type { LinkOrigin } from '../../domain/member-events.ts'
import type { Result } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { AddressRules } from '../../addresses/check-addresses.ts'
import type { FollowedLink } from '../../following/read-link.ts'
import { judgeMagnet } from '../../following/judge-magnet.ts'
import { linkProofOf } from '../../formats/link-proof.ts'
import { verifyAnnouncement } from '../../formats/verify-announcement.ts'
import type { FollowRow } from '../../projections/follows.ts'
import { publicKeyOf } from '../../reactors/item-table.ts'
import type { LookedUpLink } from '../../reactors/looking-up-reactor.ts'
import { meta } from '../begin-run.ts'
import type { RefusedLinkCounts } from './refused-links.ts'

export interface LearnLinksPorts {
  readonly execute: Execute
  readonly rules: AddressRules
  readonly refused: RefusedLinkCounts
  readonly now: () => UnixMillis
  readonly logRefused: (details: {
    readonly communityId: string
    readonly code: LinkRefusalCode
    readonly origin: LinkOrigin['type']
  }) => void
}

/** Believes links that other machines tell of, or records why it does not. */
export interface LearnLinks {
  /** @param follow As it was read when the link came: the key that has to sign may have been pinned since. */
  fromNode(link: FollowedLink, follow: FollowRow): Promise<'TAKEN' | 'REFUSED'>
  /** What the community's own key signed. */
  fromTable(link: LookedUpLink): Promise<Result<unknown, { readonly type: string }>>
}

/** What a refusal of the decider says of a link; null where it says nothing of it. */
const CODES: Readonly<Partial<Record<Refusal['type'], LinkRefusalCode>>> = {
  SignerUnknown: 'SIGNER_UNKNOWN',
  SignatureMissing: 'SIGNATURE_INVALID',
  ClockConflict: 'CLOCK_CONFLICT',
  ClockAhead: 'CLOCK_AHEAD',
}

type Link = Omit<ReceiveMagnetlink, 'type' | 'now'>

/** Creates it. */
export function createLearnLinks(ports: LearnLinksPorts): LearnLinks {
  return {
    async fromNode({ announcement, cursor }, { url, nodeKey }) {
      const { communityId, clock, magnetUri: written, publicKey } = announcement
      const verified = verifyAnnouncement(announcement, nodeKey)
      const judged = verified.ok ? await judgeMagnet(communityId, written, ports.rules) : verified
      if (!judged.ok) {
        await refuse(announcement, 'FOLLOWED', judged.error.code, ports)
        return 'REFUSED'
      }
      const { infoHash, trackers } = judged.value
      const magnetUri = magnetUriOf(infoHash, communityId, trackers, judged.value)
      const proof = linkProofOf(announcement, magnetUri)
      const origin = { type: 'FOLLOWED', url, cursor } as const
      const link = { communityId, clock, infoHash, magnetUri, origin, proof }
      const received = await receive(link, `peer:${publicKey}`, ports)
      return received.ok || CODES[received.error.type] === undefined ? 'TAKEN' : 'REFUSED'
    },
    async fromTable({ communityId, clock, infoHash, signature }) {
      const publicKey = publicKeyOf(communityId)
      const magnetUri = magnetUriOf(infoHash, communityId, [])
      const origin = { type: 'DHT' } as const
      const link = {
        communityId,
        clock,
        infoHash,
        magnetUri,
        origin,
        proof: { publicKey, signature, signedTextSha256: null },
      }
      return receive(link, `peer:${publicKey}`, ports)
    },
  }
}

async function receive(
  link: Link,
  actor: CommandMeta['actor'],
  ports: LearnLinksPorts,
): Promise<Result<unknown, Refusal>> {
  const { execute, now } = ports
  const received = await execute({ type: 'ReceiveMagnetlink', ...link, now: now() }, { ...meta(), actor })
  const code = received.ok ? undefined : CODES[received.error.type]
  if (code !== undefined) await refuse(link, link.origin.type, code, ports)
  return received
}

async function refuse(
  { communityId, clock }: Pick<Announcement, 'communityId' | 'clock'>,
  origin: LinkOrigin['type'],
  code: LinkRefusalCode,
  { execute, refused, now, logRefused }: LearnLinksPorts,
): Promise<void> {
  const isDue = refused.add(communityId, code, now())
  logRefused({ communityId, code, origin })
  if (!isDue) return
  const about = { ...meta(), actor: 'reactor:following' } as const
  await execute({ type: 'RecordMagnetlinkRefused', communityId, code, clock, origin }, about)
}
