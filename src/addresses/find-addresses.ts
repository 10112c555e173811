import { isPrivateAddress, isPrivateHost } from '../domain/private-address.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { AddressRules } from './check-addresses.ts'
import { addressesOf } from './resolve-host.ts'
import { within } from './within.ts'

/** Nobody is dialled: the host is on this machine or its network, or its name stands for nothing, or not in time. */
export interface NotDialled {
  readonly code: 'ADDRESS_REFUSED' | 'HOST_NOT_FOUND'
}

/**
 * Finds the addresses to dial for a host, all of them checked. Whoever dials takes these and asks no name server again
 * (`lookupOf`), whatever the name stands for by then.
 *
 * @param host `URL.hostname`.
 * @param rules What is allowed, how long the name may be looked up, and what ends the wait.
 */
export async function findAddresses(
  host: string,
  rules: AddressRules & { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<Result<readonly string[], NotDialled>> {
  const { allowPrivate, resolve, waitMs, signal } = rules
  const refused = err({ code: 'ADDRESS_REFUSED' } as const)
  if (!allowPrivate && isPrivateHost(host)) return refused
  const addresses = await within(waitMs, addressesOf(host, resolve), [], signal)
  if (addresses.length === 0) return err({ code: 'HOST_NOT_FOUND' })
  return !allowPrivate && addresses.some(isPrivateAddress) ? refused : ok(addresses)
}
