import type { PeerAddress } from '../app/settings.ts'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { parseAnnounceUrl, type AnnounceUrl } from '../domain/announce-url.ts'
import { err, ok, type Result } from '../domain/result.ts'

/** Reads a setting from its text; the error says what would be right, as the end of "it must be …". */
export type SettingParser<Value> = (text: string) => Result<Value, string>

/** Parses the path of a folder, which need not exist yet, into an absolute one. */
export const parseFolder: SettingParser<string> = (text) =>
  text.trim() === '' || text.includes('\0') ? err('the path of a folder') : ok(resolve(text))

/** Parses the path of a file, which is read at the start, into an absolute one. */
export const parseFile: SettingParser<string> = (text) =>
  text.trim() === '' || text.includes('\0') ? err('the path of a file') : ok(resolve(text))

/** Parses a whole number from `least` to `most`, in decimal digits. */
export function wholeNumber(least: number, most: number): SettingParser<number> {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? ok(value) : err(`a whole number from ${least} to ${most}`)
  }
}

/** Parses a port; 0 has the system choose a free one. */
export const parsePort = wholeNumber(0, 65_535)

/** Parses `on` or `off`. */
export const parseSwitch: SettingParser<boolean> = (text) =>
  text === 'on' || text === 'off' ? ok(text === 'on') : err('on or off')

/** Parses one of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): SettingParser<Word> {
  return (text) => {
    const word = words.find((each) => each === text)
    return word === undefined ? err(`one of ${words.join(', ')}`) : ok(word)
  }
}

/** Parses what `parse` does, and one word that stands for the absence of a value. */
export function orNull<Value>(word: string, parse: SettingParser<Value>): SettingParser<Value | null> {
  return (text) => {
    if (text === word) return ok(null)
    const parsed = parse(text)
    return parsed.ok ? parsed : err(`${parsed.error}, or ${word}`)
  }
}

/** Parses a list with commas, whose parts `parse` reads; `none` is the empty one. */
export function listOf<Value>(parse: SettingParser<Value>): SettingParser<readonly Value[]> {
  return (text) => {
    if (text === 'none') return ok([])
    const values: Value[] = []
    for (const part of text.split(',')) {
      const parsed = parse(part.trim())
      if (!parsed.ok) return err(`${parsed.error}; several with a comma between them, or none`)
      values.push(parsed.value)
    }
    return ok(values)
  }
}

/** Parses an address of this machine, or every one of them (`0.0.0.0`, `::`), as URLs write it; or `localhost`. */
export const parseListenHost: SettingParser<string> = (text) => {
  if (text === 'localhost' || isIP(text) === 4) return ok(text)
  // An address of one network card (`fe80::1%eth0`) has no place in a URL.
  const url = isIP(text) === 6 ? URL.parse(`http://[${text}]`) : null
  return url === null ? err('an IP address of this machine, or localhost') : ok(url.hostname.slice(1, -1))
}

/** Parses an IP address. */
export const parseIpAddress: SettingParser<string> = (text) =>
  isIP(text) === 0 ? err('an IP address of this machine') : ok(text)

/** Parses `1.2.3.4:5` or `[2001:db8::1]:5`. */
export const parsePeerAddress: SettingParser<PeerAddress> = (text) => {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? []
  const port = wholeNumber(1, 65_535)(digits)
  const isAddress = bracketed === undefined ? isIP(plain ?? '') === 4 : isIP(bracketed) === 6
  return isAddress && port.ok
    ? ok({ address: bracketed ?? plain ?? '', port: port.value })
    : err('an address and a port, like 203.0.113.7:61881 or [2001:db8::7]:61881')
}

/** Parses `allow` or `refuse`. */
export const parseAllowed: SettingParser<boolean> = (text) => {
  const word = oneOf('allow', 'refuse')(text)
  return word.ok ? ok(word.value === 'allow') : word
}

/** Parses `node.example:6881`, with an IPv6 address in brackets. */
export const parseHostPort: SettingParser<string> = (text) => {
  const url = URL.parse(`udp://${text}`)
  const isPlain = url !== null && url.hostname !== '' && url.port !== '' && /^[\w.:[\]-]+$/.test(text)
  return isPlain ? ok(text) : err('a host and a port, like node.example:6881')
}

/** Parses the announce URL of a tracker. */
export const parseTracker: SettingParser<AnnounceUrl> = (text) => {
  const parsed = parseAnnounceUrl(text)
  return parsed.ok ? parsed : err('an announce URL that begins with udp (with a port), http, https, ws or wss')
}

/** Parses the URL under which others reach this node's HTTP server; a final slash is taken off. */
export const parsePublicUrl: SettingParser<string> = (text) => {
  const url = URL.parse(text)
  const isBase = url !== null && /^https?:$/.test(url.protocol) && !/[?#]/.test(text) && url.username === ''
  return isBase
    ? ok(url.href.replace(/\/+$/, ''))
    : err('an http or https URL without user, query or fragment, like https://seedbank.example')
}

/** Parses the base URL of a collector, such as one on this machine; a final slash is taken off. */
export const parseCollectorUrl: SettingParser<string> = (text) => {
  const parsed = parsePublicUrl(text)
  return parsed.ok ? parsed : err('an http or https URL without user, query or fragment, like http://127.0.0.1:4318')
}

/** Parses a host name or address as it stands in a Host header, without its port. */
export const parseHostName: SettingParser<string> = (text) => {
  const isName = /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$/i.test(text)
  return isName ? ok(text.toLowerCase()) : err('a host name without a port, like seedbank.example')
}

/** Parses the origin of a web page: scheme, host and, where it is not the usual one, port. */
export const parseOrigin: SettingParser<string> = (text) => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text.toLowerCase()
    ? ok(url.origin)
    : err('an origin, like https://app.example or http://localhost:5173')
}
