/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import type Wire from 'bittorrent-protocol'
import type WebTorrent from 'webtorrent'
import type { ChunkStore, MagnetInput, Torrent, TorrentInput } from 'webtorrent'
import { banBadSuppliers } from '../guards/banned-suppliers.ts'
import { guardMetadataSuppliers } from '../guards/metadata-suppliers.ts'
import { addTorrent, trustBitfield } from '../seeder/add-torrent.ts'
import { hasBit } from '../../formats/piece-bitfield.ts'
import { rangesOf } from '../../formats/piece-ranges.ts'
import { FetchFailure } from '../seeder/fetch-failure.ts'
import { askOnceATurn } from './ask-once-a-turn.ts'
import { createLateStore } from './late-store.ts'

/** The pieces of a torrent, some of which are here. */
export interface PiecesHere {
  readonly store: ChunkStore
  /** Which: one bit each, the first the highest of its byte. */
  readonly bitfield: Uint8Array
}

/** What is known of a torrent: all, or its magnet link. */
export type SwarmInput = TorrentInput | MagnetInput

/** What a swarm tells by itself. */
export interface SwarmObserver {
  /** A peer gave the info dictionary, or another one did again. */
  onMetadata(info: Uint8Array): void
  /** A peer has a longer one than is taken. */
  onMetadataTooLarge(): void
  /** It has come to an end: by an error, or with the client. */
  onEnd(error: unknown): void
}

/** The swarm of a torrent, from the first peer to the last piece. Nothing is asked for until it is selected. */
export class Swarm {
  readonly torrent: Torrent
  readonly #client: WebTorrent
  readonly #store = createLateStore()
  readonly #ready: Promise<void>
  readonly #named: Promise<void>
  /** Has webtorrent take what a magnet link turned out to be; null where that is known. */
  #tell: ((input: TorrentInput) => void) | null
  readonly #wanted = new Set<number>()
  #peersSeen = 0

  /**
   * Joins it.
   *
   * @param input A magnet link; or the torrent where it is known, with `here`.
   */
  constructor(client: WebTorrent, input: SwarmInput, here: PiecesHere | null, observer: SwarmObserver) {
    this.#client = client
    if (here !== null) this.#store.open(here.store)
    const options = { preloadedStore: this.#store.store, deselect: true, ...(here && { bitfield: here.bitfield }) }
    const { torrent, ready } = addTorrent(client, input, options, observer.onEnd)
    this.torrent = torrent
    this.#ready = ready
    ready.catch(observer.onEnd)
    this.#named = new Promise((resolve) => torrent.once('infoHash', () => resolve()))
    torrent.once('close', () => observer.onEnd(leftSwarm(input)))
    const tell = takeMetadataOver(torrent, observer, banBadSuppliers(torrent))
    this.#tell = here === null ? tell : null
    trustBitfield(torrent)
    requestOnly(torrent, this.#wanted)
    askOnceATurn(torrent)
    torrent.on('wire', (wire: Wire) => this.#see(wire))
  }

  /** Peers that were ever connected, ourselves not counted. */
  get peersSeen(): number {
    return this.#peersSeen
  }

  /** Peers that are connected, ourselves not counted. */
  peers(): readonly Wire[] {
    return this.torrent.wires.filter((wire) => this.#isOther(wire))
  }

  /** Dials peers that are not connected. */
  dial(peers: readonly string[]): void {
    const { torrent } = this
    void this.#named.then(() => torrent.destroyed || peers.forEach((peer) => torrent.addPeer(peer)))
  }

  /**
   * Says what the torrent is and where its pieces are, where only its magnet link was known: peers are offered what is here.
   * Otherwise it does nothing.
   *
   * @returns Once pieces can be selected; never, when the swarm ends before.
   */
  async learn(input: TorrentInput, here: PiecesHere): Promise<void> {
    const tell = this.#tell
    this.#tell = null
    if (tell !== null) this.#store.open(here.store)
    tell?.(input)
    await this.#ready
    if (tell !== null) offer(this.torrent, here.bitfield)
  }

  /** Asks peers for these pieces. */
  select(pieces: readonly number[]): void {
    for (const piece of pieces) this.#wanted.add(piece)
    const rising = pieces.toSorted((one, other) => one - other)
    for (const { from, to } of rangesOf(rising)) this.torrent.select(from, to - 1)
  }

  /** Asks for no more. What was asked for may still come. */
  deselect(): void {
    this.#wanted.clear()
    if (this.torrent.destroyed) return
    this.torrent._selections.clear()
    this.torrent._updateSelections()
  }

  /** Leaving twice is harmless. */
  async leave(): Promise<void> {
    if (!this.torrent.destroyed) await this.#client.remove(this.torrent.infoHash)
  }

  #see(wire: Wire): void {
    if (isWebSeed(wire)) wire.once('download', () => (this.#peersSeen += 1))
    else if (this.#isOther(wire)) this.#peersSeen += 1
  }

  /** Trackers tell us of ourselves, and a web seed is nobody until it has given anything. */
  #isOther(wire: Wire): boolean {
    return wire.peerId !== this.#client.peerId && (!isWebSeed(wire) || wire.downloaded > 0)
  }
}

function isWebSeed({ type }: Wire): boolean {
  return type === 'webSeed'
}

/** As when the whole client ends. */
function leftSwarm({ infoHash }: SwarmInput): FetchFailure {
  return new FetchFailure('ABORTED', `The swarm of ${infoHash} was left`)
}

/**
 * Hands metadata that peers give to the observer and not to webtorrent, which would take any torrent and any of its paths.
 *
 * @returns Has webtorrent take a torrent that was judged.
 */
function takeMetadataOver(
  torrent: Torrent,
  { onMetadata, onMetadataTooLarge }: SwarmObserver,
  onBadSupplier: (wire: Wire) => void,
): (input: TorrentInput) => void {
  const proceed = torrent._onMetadata.bind(torrent)
  torrent._onMetadata = (metadata) => {
    if (!ArrayBuffer.isView(metadata)) proceed(metadata) // It was added with it.
  }
  guardMetadataSuppliers(torrent, { onMetadata, onTooLarge: onMetadataTooLarge, onBadSupplier })
  return proceed
}

/** Else webtorrent asks for what peers allow before they unchoke, selected or not. */
function requestOnly(torrent: Torrent, wanted: ReadonlySet<number>): void {
  const request = torrent._request.bind(torrent)
  torrent._request = (wire, piece, hotswap) => wanted.has(piece) && request(wire, piece, hotswap)
}

function offer(torrent: Torrent, bitfield: Uint8Array): void {
  for (const piece of torrent.pieces.keys()) {
    if (!hasBit(bitfield, piece)) continue
    torrent._markVerified(piece)
    for (const wire of torrent.wires) wire.have(piece)
  }
}
