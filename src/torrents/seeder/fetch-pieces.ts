/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import { open } from 'node:fs/promises'
import type Wire from 'bittorrent-protocol'
import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'
import type { PieceRange } from '../../domain/damage.ts'
import { PIECE_HASH_BYTES } from '../../formats/piece-hashes.ts'
import type { Torrent as ParsedTorrent } from '../../formats/torrent-parser.ts'
import { STALL_MS, type FetchOptions, type PiecesToFetch } from '../client/pieces-to-fetch.ts'
import { banBadSuppliers } from '../guards/banned-suppliers.ts'
import { addTorrent } from './add-torrent.ts'
import { FetchFailure } from './fetch-failure.ts'
import { readTorrent, torrentInputOf } from './torrent-metainfo.ts'
import { openWritableFiles, type WritableFiles } from './writable-files.ts'
import { createWritingStore } from './writing-store.ts'

/**
 * Fetches some pieces of a torrent from its peers, and writes them in place. Meanwhile it gives them the other pieces.
 *
 * @returns Once the pieces are durable, and the swarm is left.
 * @throws FetchFailure, SeedingFailure or a system error; see `fetchFailureCodeOf`. Nothing is written any more then.
 */
export async function fetchPieces(client: WebTorrent, wanted: PiecesToFetch, options: FetchOptions): Promise<void> {
  await using torrentFile = await open(wanted.torrentPath, 'r')
  const parsed = await readTorrent(torrentFile, wanted)
  const pieces = numbersOf(wanted.pieces, parsed.pieces.length / PIECE_HASH_BYTES)
  if (pieces.size === 0) return
  const files = await openWritableFiles(wanted, parsed.indexBytes)
  try {
    await fetchInto(client, { wanted, parsed, pieces, files }, options)
  } catch (error) {
    await Promise.allSettled([files.close()]) // What failed first is told.
    throw error
  }
  await files.close()
}

interface Job {
  readonly wanted: PiecesToFetch
  readonly parsed: ParsedTorrent
  /** The numbers of the pieces that are wanted. */
  readonly pieces: ReadonlySet<number>
  readonly files: WritableFiles
}

/** Joins the swarm, and leaves it when all the pieces are written or the fetch has failed. */
async function fetchInto(client: WebTorrent, job: Job, options: FetchOptions): Promise<void> {
  const { wanted, parsed, pieces, files } = job
  const ended = Promise.withResolvers<void>()
  const preloadedStore = createWritingStore(parsed, files, pieces, ended.reject)
  const { torrent, ready } = addTorrent(
    client,
    torrentInputOf(parsed, wanted.trackers),
    { preloadedStore, bitfield: bitfieldWithout(pieces, parsed), deselect: true },
    ended.reject,
  )
  trustBitfield(torrent)
  banBadSuppliers(torrent)
  using _watch = watch(client, torrent, { wanted, pieces, options, ended })
  try {
    await Promise.race([ready, ended.promise])
    for (const { from, to } of wanted.pieces) if (from < to) torrent.select(from, to - 1)
    for (const peer of wanted.peers ?? []) torrent.addPeer(peer)
    await ended.promise
  } finally {
    if (!torrent.destroyed) await client.remove(torrent.infoHash)
  }
}

interface Watched extends Pick<Job, 'wanted' | 'pieces'> {
  readonly options: FetchOptions
  readonly ended: PromiseWithResolvers<void>
}

/** Ends the fetch when the last piece is written, none came for too long, or it is aborted. */
function watch(client: WebTorrent, torrent: Torrent, { wanted, pieces, options, ended }: Watched): Disposable {
  const { infoHash, stallMs = STALL_MS } = wanted
  const remaining = new Set(pieces)
  let peers = 0
  const stall = setTimeout(() => {
    const what = `Cannot fetch ${remaining.size} pieces of ${infoHash}: none came for ${stallMs} ms`
    ended.reject(new FetchFailure(peers > 0 ? 'STALLED' : 'NO_PEERS', `${what}, ${peers} peers were seen`))
  }, stallMs)
  const abort = (): void => ended.reject(new FetchFailure('ABORTED', `The fetch of ${infoHash} was aborted`))

  torrent.on('wire', (wire: Wire) => (peers += wire.peerId === client.peerId ? 0 : 1)) // Trackers tell us of ourselves.
  torrent.on('verified', (piece: number) => {
    stall.refresh()
    remaining.delete(piece)
    options.onPiece?.(piece)
    if (remaining.size === 0) ended.resolve()
  })
  torrent.once('close', abort) // As when the whole client ends.
  options.signal?.addEventListener('abort', abort)
  if (options.signal?.aborted === true) abort()
  return {
    [Symbol.dispose]() {
      clearTimeout(stall)
      options.signal?.removeEventListener('abort', abort)
    },
  }
}

/**
 * Has webtorrent believe what it is told of the pieces. It would hash one of each file, and if that is bad all of the
 * file, of unknown length: the stall clock is running.
 */
function trustBitfield(torrent: Torrent): void {
  torrent._verifyPieces = (done) => done(null)
}

function bitfieldWithout(missing: ReadonlySet<number>, { pieces }: ParsedTorrent): Uint8Array {
  const count = pieces.length / PIECE_HASH_BYTES
  const bits = new Uint8Array(Math.ceil(count / 8))
  for (let piece = 0; piece < count; piece += 1) {
    if (!missing.has(piece)) bits[piece >> 3] = (bits[piece >> 3] ?? 0) | (0x80 >> (piece & 7))
  }
  return bits
}

function numbersOf(ranges: readonly PieceRange[], count: number): ReadonlySet<number> {
  const numbers = new Set<number>()
  for (const { from, to } of ranges) {
    if (from < 0 || to > count) throw new RangeError(`Cannot fetch pieces [${from}, ${to}): there are ${count}`)
    for (let piece = from; piece < to; piece += 1) numbers.add(piece)
  }
  return numbers
}
