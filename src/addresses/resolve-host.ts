import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

/** The addresses that a name stands for now; none where it stands for none, or that cannot be told. Never rejects. */
export type ResolveHost = (name: string) => Promise<readonly string[]>

/** Asks the system, as programs do that dial: its `hosts` file counts too. */
export const resolveHost: ResolveHost = async (name) => {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address)
  } catch {
    // Whatever the reason, there is nothing to dial now; the next time may do better.
    return []
  }
}

/**
 * The addresses behind the host of a URL.
 *
 * @param host `URL.hostname`: a name, an IPv4 address, or an IPv6 address in brackets. An address is its own answer.
 */
export async function addressesOf(host: string, resolve: ResolveHost): Promise<readonly string[]> {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) === 0 ? resolve(bare) : [bare]
}
