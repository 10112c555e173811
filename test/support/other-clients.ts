import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'

/** How long another client may take; it is killed then. */
const LIMIT_MS = 40_000
const BOUNDED: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS, killSignal: 'SIGKILL' }

/** Debian's python, which sees Debian's python3-libtorrent. */
const PYTHON = '/usr/bin/python3'
const LIBTORRENT_FETCH = fileURLToPath(new URL('libtorrent-fetch.py', import.meta.url))
const LIBTORRENT_WEB_SEED = fileURLToPath(new URL('libtorrent-web-seed.py', import.meta.url))
const LIBTORRENT_SEED = fileURLToPath(new URL('libtorrent-seed.py', import.meta.url))

/** What keeps aria2 to the trackers that it is told of. */
const ALONE = ['--enable-dht=false', '--enable-dht6=false', '--enable-peer-exchange=false', '--bt-enable-lpd=false']
const QUIET = ['--summary-interval=0', '--console-log-level=warn', '--no-conf=true']

export const hasAria2 = spawnSync('aria2c', ['--version']).status === 0
export const hasLibtorrent = spawnSync(PYTHON, ['-c', 'import libtorrent']).status === 0

/**
 * Fetches with aria2 what a magnet link or a torrent file names: its peers come from the trackers in that alone.
 *
 * @param torrent The link, or the file's path.
 * @param flags More of them, such as `--bt-force-encryption=true`.
 * @throws When it does not succeed, with what it said.
 */
export async function fetchWithAria2(folder: string, torrent: string, ...flags: readonly string[]): Promise<void> {
  const port = await freePort()
  const ends = ['--seed-time=0', '--bt-save-metadata=false', `--listen-port=${port}`, `--dir=${folder}`]
  const child = spawn('aria2c', [...QUIET, ...ALONE, ...ends, ...flags, torrent], BOUNDED)
  const { code, said } = await outcomeOf(child)
  if (code !== 0) throw new Error(`aria2c ended with code ${code}: ${said}`)
}

/** How a fetch with libtorrent went: the times until the last byte, or why its peer was left. */
export type LibtorrentFetch =
  { readonly transferMs: number; readonly connectedMs: number } | { readonly refused: string }

/** Fetches with libtorrent what a magnet link names. `forced`: encrypted alone. `disabled`: plain text alone. */
export async function fetchWithLibtorrent(
  folder: string,
  magnetUri: string,
  encryption: 'forced' | 'enabled' | 'disabled' = 'enabled',
): Promise<LibtorrentFetch> {
  const { code, said } = await outcomeOf(spawn(PYTHON, [LIBTORRENT_FETCH, folder, magnetUri, encryption], BOUNDED))
  if (code !== 0) throw new Error(`libtorrent ended with code ${code}: ${said}`)
  return JSON.parse(said) as LibtorrentFetch
}

/** Fetches with libtorrent from the web seeds that a torrent file names. @throws When it does not succeed, with what it said. */
export async function fetchFromWebSeed(folder: string, torrentPath: string): Promise<void> {
  const { code, said } = await outcomeOf(spawn(PYTHON, [LIBTORRENT_WEB_SEED, folder, torrentPath], BOUNDED))
  if (code !== 0) throw new Error(`libtorrent ended with code ${code}: ${said}`)
}

/** Gives what is in a folder to the peers of trackers. @returns What ends it. */
export type SeedFiles = (folder: string, torrentPaths: readonly string[]) => Promise<() => Promise<void>>

/** Serves torrents with aria2, once it has checked the files. */
export const seedWithAria2: SeedFiles = async (folder, torrentPaths) => {
  const ends = ['--check-integrity=true', '--seed-ratio=0.0', `--listen-port=${await freePort()}`, `--dir=${folder}`]
  const flags = [...QUIET, ...ALONE, ...ends, `--max-concurrent-downloads=${torrentPaths.length}`]
  return enderOf(spawn('aria2c', [...flags, ...torrentPaths], { ...BOUNDED, stdio: 'ignore' }))
}

/** Serves torrents with libtorrent. */
export const seedWithLibtorrent: SeedFiles = async (folder, torrentPaths) =>
  enderOf(spawn(PYTHON, [LIBTORRENT_SEED, folder, ...torrentPaths], { ...BOUNDED, stdio: 'ignore' }))

function enderOf(child: ChildProcess): () => Promise<void> {
  const ended = once(child, 'exit')
  return async () => {
    child.kill('SIGKILL') // It would take its leave of trackers for a while.
    await ended
  }
}

async function outcomeOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}
