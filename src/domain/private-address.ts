/**
 * Whether an address means something on its own machine or network alone: loopback, private, link-local, shared by a
 * provider's NAT, multicast, reserved, or no address at all. An IPv6 address that stands for one of IPv4 is judged as that.
 *
 * @param address As text, without brackets. A name is no address: see `isPrivateHost`.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry, and the same for IPv6
 */
export function isPrivateAddress(address: string): boolean {
  const [plain = ''] = address.split('%')
  const ipv4 = parseIpv4(plain)
  if (ipv4 !== null) return isPrivateIpv4(ipv4)
  const ipv6 = parseIpv6(plain)
  return ipv6 === null || isPrivateIpv6(ipv6)
}

/**
 * Whether the host of a URL is on this machine or its network, as far as its text says.
 *
 * @param host `URL.hostname`: a name, an IPv4 address, or an IPv6 address in brackets.
 * @returns False for other names, which may resolve to such an address: whoever dials has to look again then.
 */
export function isPrivateHost(host: string): boolean {
  const literal = /^\[(.*)\]$/.exec(host)?.[1]
  if (literal !== undefined || parseIpv4(host) !== null) return isPrivateAddress(literal ?? host)
  const name = host.toLowerCase().replace(/\.$/, '')
  // A name without a dot is one of the local network.
  return !name.includes('.') || LOCAL_NAME.test(name)
}

/** @see RFC 6761, RFC 6762, RFC 8375 */
const LOCAL_NAME = /\.(?:localhost|local|internal|home\.arpa)$/

type Network = readonly [network: string, prefix: number]

const PRIVATE_IPV4: readonly (readonly [network: number, prefix: number])[] = (
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as const satisfies readonly Network[]
).map(([network, prefix]) => [parseIpv4(network) ?? 0, prefix])

/** How the first 16 bits of an address look, where that is enough to tell. */
const PRIVATE_IPV6: readonly (readonly [mask: number, bits: number])[] = [
  [0xfe00, 0xfc00], // fc00::/7, unique local
  [0xffc0, 0xfe80], // fe80::/10, link-local
  [0xffc0, 0xfec0], // fec0::/10, site-local
  [0xff00, 0xff00], // ff00::/8, multicast
  [0xffff, 0x5f00], // 5f00::/16, segment routing
]

function isPrivateIpv4(address: number): boolean {
  return PRIVATE_IPV4.some(([network, prefix]) => (address ^ network) >>> (32 - prefix) === 0)
}

function isPrivateIpv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = groups
  const [high = 0, low = 0] = groups.slice(6)
  const embedded = high * 0x10000 + low
  // ::/96 with :: and ::1, and ::ffff:0:0/96, which is IPv4 in a socket of IPv6.
  if (groups.slice(0, 5).every((group) => group === 0) && (groups[5] === 0 || groups[5] === 0xffff))
    return isPrivateIpv4(embedded)
  // ::ffff:0:0:0/96, IPv4 as a translator of the network writes it.
  if (groups.slice(0, 4).every((group) => group === 0) && groups[4] === 0xffff && groups[5] === 0)
    return isPrivateIpv4(embedded)
  if (first === 0x100 && groups.slice(1, 4).every((group) => group === 0)) return true // 100::/64, thrown away
  if (first === 0x64 && second === 0xff9b) return third !== 0 || isPrivateIpv4(embedded) // NAT64
  if (first === 0x2002) return isPrivateIpv4(second * 0x10000 + third) // 6to4
  return PRIVATE_IPV6.some(([mask, bits]) => (first & mask) === bits)
}

/** Four numbers, none of which begins with a zero that some would read as octal; null for anything else. */
function parseIpv4(text: string): number | null {
  const bytes = text.split('.').map((byte) => (/^(?:0|[1-9]\d{0,2})$/.test(byte) ? Number(byte) : 256))
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255)) return null
  return bytes.reduce((address, byte) => address * 256 + byte, 0)
}

/** The eight groups; null for anything else. */
function parseIpv6(text: string): readonly number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map((half, at) => groupsOf(half, at === halves.length - 1))
  if (head === undefined || head === null || tail === null) return null
  if (tail === undefined) return head.length === 8 ? head : null
  const zeros = 8 - head.length - tail.length
  return zeros < 1 ? null : [...head, ...Array<number>(zeros).fill(0), ...tail]
}

/** @param isLast Whether it may end in an IPv4 address, which makes two groups. */
function groupsOf(half: string, isLast: boolean): readonly number[] | null {
  if (half === '') return []
  const groups: number[] = []
  const parts = half.split(':')
  for (const [at, part] of parts.entries()) {
    const ipv4 = isLast && at === parts.length - 1 ? parseIpv4(part) : null
    if (ipv4 !== null) groups.push(Math.floor(ipv4 / 0x10000), ipv4 % 0x10000)
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(parseInt(part, 16))
    else return null
  }
  return groups
}
