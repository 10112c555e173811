import { isPrivateAddress, isPrivateHost } from '../domain/private-address.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { addressesOf, type ResolveHost } from './resolve-host.ts'
import { within } from './within.ts'

/** A host is on this machine or its network, where somebody else's text must not lead. */
export interface AddressRefused {
  readonly code: 'ADDRESS_REFUSED'
  readonly host: string
}

export interface AddressRules {
  readonly resolve: ResolveHost
  /** Whether hosts on this machine and its network are as good as any. */
  readonly allowPrivate: boolean
}

/** How long names are looked up, all together. */
const LOOKUP_MS = 5_000

/**
 * Checks that no host is one of this machine or its network, by its text or by what it stands for now.
 *
 * Who dials looks again then: a name may stand for something else by that time. For that reason a name that cannot be
 * looked up, or not in time, is no ground for refusal.
 *
 * @param hosts As `namedHosts` tells them. Looked up one after the other, as the system has few threads for it.
 */
export async function checkAddresses(
  hosts: readonly string[],
  { resolve, allowPrivate }: AddressRules,
): Promise<Result<null, AddressRefused>> {
  if (allowPrivate) return ok(null)
  const inside = hosts.find(isPrivateHost) ?? (await findInside(hosts, resolve))
  return inside === null ? ok(null) : err({ code: 'ADDRESS_REFUSED', host: inside })
}

async function findInside(hosts: readonly string[], resolve: ResolveHost): Promise<string | null> {
  const until = performance.now() + LOOKUP_MS
  for (const host of hosts) {
    const leftMs = until - performance.now()
    if (leftMs <= 0) return null
    const addresses = await within(leftMs, addressesOf(host, resolve), [])
    if (addresses.some(isPrivateAddress)) return host
  }
  return null
}
