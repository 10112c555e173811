import type { Settings } from '../settings.ts'

/** The addresses on which a server answers under every address of the machine, and the loopback one among them. */
const EVERY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Whether no other machine reaches what listens there. @param host An IP address as `URL` writes it, or `localhost`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/**
 * How other machines reach the API, as the end of "they reach it …"; null where none is meant to.
 *
 * A proxy on this machine passes on what comes from anywhere, and not every one says so: whoever is told a name or a URL of
 * the node is taken for somebody else.
 */
export function wayIn({
  host,
  publicUrl,
  allowedHosts,
}: Pick<Settings, 'host' | 'publicUrl' | 'allowedHosts'>): string | null {
  if (!isLoopback(host)) return `on ${host}`
  const named = publicUrl === null ? null : new URL(publicUrl).hostname.replaceAll(/[[\]]/g, '')
  if (named !== null && !isLoopback(named)) return `by ${publicUrl}`
  const [name] = allowedHosts
  return name === undefined ? null : `as ${name}`
}

/** The base URL by which what runs on this machine reaches a server, without a final slash. */
export function urlOnThisMachine({ host, port }: { readonly host: string; readonly port: number }): string {
  const reached = EVERY[host] ?? host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}
