import { isIP, type LookupFunction } from 'node:net'

/** A lookup for a socket that answers whatever is asked with these addresses, at least one. */
export function lookupOf(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  const [first] = all
  return (name, options, callback) => {
    if (first === undefined) callback(new Error(`Cannot dial ${name}: it stands for no address`), '', 0)
    else if (options.all === true) callback(null, all)
    else callback(null, first.address, first.family)
  }
}
