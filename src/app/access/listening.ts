import { addressesOf, type ResolveHost } from '../../addresses/resolve-host.ts'
import type { Settings } from '../settings.ts'

/** The addresses on which a server answers under every address of the machine, and the loopback one among them. */
const EVERY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Whether no other machine reaches what listens there. @param host An IP address as `URL` writes it; no name is one. */
export function isLoopback(host: string): boolean {
  return host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** The same of a host to listen on, where `localhost` is what the system makes of it, and that is any address. */
async function isHeardHereAlone(host: string, resolve: ResolveHost): Promise<boolean> {
  const addresses = host === 'localhost' ? await addressesOf(host, resolve) : [host]
  return addresses.length > 0 && addresses.every(isLoopback)
}

/** What says how the API is reached. */
export type ReachSettings = Pick<Settings, 'host' | 'publicUrl' | 'allowedHosts' | 'allowedOrigins'>

/**
 * How other machines reach the API, as the end of "they reach it …"; null where none is meant to.
 *
 * A proxy on this machine passes on what comes from anywhere, and not every one says so: whoever is told a name or a URL of
 * the node is taken for somebody else, and so is a page that comes from another machine.
 *
 * @param resolve Says which addresses `localhost` stands for.
 */
export async function wayIn(
  { host, publicUrl, allowedHosts, allowedOrigins }: ReachSettings,
  resolve: ResolveHost,
): Promise<string | null> {
  if (!(await isHeardHereAlone(host, resolve))) return `on ${host}`
  if (publicUrl !== null && isElsewhere(publicUrl)) return `by ${publicUrl}`
  const [name] = allowedHosts
  if (name !== undefined) return `as ${name}`
  const origin = allowedOrigins.find(isElsewhere)
  return origin === undefined ? null : `through pages of ${origin}`
}

/** Whether a URL or an origin is none of this machine. */
function isElsewhere(url: string): boolean {
  const host = new URL(url).hostname.replaceAll(/[[\]]/g, '')
  return host !== 'localhost' && !isLoopback(host)
}

/** The base URL by which what runs on this machine reaches a server, without a final slash. */
export function urlOnThisMachine({ host, port }: { readonly host: string; readonly port: number }): string {
  const reached = EVERY[host] ?? host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}
