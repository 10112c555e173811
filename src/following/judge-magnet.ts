import { parseCommunityId, type CommunityId } from '../domain/community-id.ts'
import type { LinkRefusalCode } from '../domain/failure-codes.ts'
import { parseMagnet, namedHosts, type Magnet } from '../domain/parse-magnet.ts'
import { err, type Result } from '../domain/result.ts'
import { checkAddresses, type AddressRules } from '../addresses/check-addresses.ts'

/** Why a magnet link is not believed, whoever sent it. */
export interface MagnetRefused {
  readonly code: Extract<LinkRefusalCode, 'MAGNET_MALFORMED' | 'OTHER_COMMUNITY' | 'ADDRESS_REFUSED'>
}

/**
 * Checks a magnet link that somebody else made, apart from who sent it.
 *
 * @returns What may be used of it; `MAGNET_MALFORMED`; `OTHER_COMMUNITY` where its name is the id of another community;
 *   `ADDRESS_REFUSED` where anything in it leads into the local network, which the rules do not allow.
 */
export async function judgeMagnet(
  communityId: CommunityId,
  magnetUri: string,
  rules: AddressRules,
): Promise<Result<Magnet, MagnetRefused>> {
  const magnet = parseMagnet(magnetUri)
  if (!magnet.ok) return err({ code: 'MAGNET_MALFORMED' })
  const named = parseCommunityId(magnet.value.displayName ?? '')
  if (named.ok && named.value !== communityId) return err({ code: 'OTHER_COMMUNITY' })
  const addresses = await checkAddresses(namedHosts(magnet.value), rules)
  return addresses.ok ? magnet : err({ code: addresses.error.code })
}
