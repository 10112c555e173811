/** Addresses whose peers broke the protocol too often, and are not spoken to for a while. */
export interface RefusedAddresses {
  /** Counts an offence against the address. */
  blame(address: string): void
  refuses(address: string): boolean
}

interface Record {
  offences: number
  /** When the record lapses, in milliseconds of the given clock. */
  until: number
}

const REFUSED_MS = 10 * 60_000
/** So that an attacker with many addresses does not fill the memory. The oldest are forgotten first. */
const MAX_RECORDS = 10_000

/**
 * Remembers offences by address.
 *
 * @param refuseAfter From how many offences on an address is refused; 0 for never.
 * @param now The clock, in milliseconds.
 */
export function createRefusedAddresses(refuseAfter: number, now: () => number = Date.now): RefusedAddresses {
  const records = new Map<string, Record>()

  function recordOf(address: string): Record | undefined {
    const record = records.get(address)
    if (record && record.until <= now()) records.delete(address)
    return records.get(address)
  }

  return {
    blame(address) {
      const key = plain(address)
      const offences = (recordOf(key)?.offences ?? 0) + 1
      records.delete(key) // The map is in order of insertion, and this one is the newest now.
      records.set(key, { offences, until: now() + REFUSED_MS })
      const [oldest] = records.keys()
      if (records.size > MAX_RECORDS && oldest !== undefined) records.delete(oldest)
    },
    refuses: (address) => refuseAfter > 0 && (recordOf(plain(address))?.offences ?? 0) >= refuseAfter,
  }
}

/** An IPv4 address that came over an IPv6 socket is the same address. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
