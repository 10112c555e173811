import type { InfoHash } from '../../domain/info-hash.ts'
import { SEED_PATH } from '../../domain/web-seed.ts'

/** What of a torrent a URL asks for. */
export type SeedPath =
  | { readonly infoHash: InfoHash; readonly file: 'torrent' }
  /** @param name As the torrent is called, in which its files are. */
  | { readonly infoHash: InfoHash; readonly file: 'data' | 'index'; readonly name: string }

const FILE = /^([0-9a-f]{40})\/(0x[0-9a-f]{1,128})\/(data|index)$/
const TORRENT = /^([0-9a-f]{40})\.torrent$/

/**
 * Reads the path of a URL: `/seed/<info hash>/<torrent name>/<data or index>` or `/seed/<info hash>.torrent`.
 *
 * Nothing of it ever becomes part of a file's path: it is looked up.
 *
 * @param url As a request has it, with its query, which says nothing.
 * @returns Null for any other, those too that are only written in another way.
 */
export function parseSeedPath(url: string): SeedPath | null {
  const [path = ''] = url.split('?')
  if (!path.startsWith(SEED_PATH)) return null
  const rest = path.slice(SEED_PATH.length)
  const [, ofTorrent] = TORRENT.exec(rest) ?? []
  // The patterns are those of an info hash.
  if (ofTorrent !== undefined) return { infoHash: ofTorrent as InfoHash, file: 'torrent' }
  const [, infoHash, name, file] = FILE.exec(rest) ?? []
  if (infoHash === undefined || name === undefined) return null
  return { infoHash: infoHash as InfoHash, name, file: file === 'data' ? 'data' : 'index' }
}
