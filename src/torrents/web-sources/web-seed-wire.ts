import { hash } from 'node:crypto'
import { Agent as HttpAgent, type Agent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import Wire from 'bittorrent-protocol'
import type { Torrent, WebSeedConnection } from 'webtorrent'
import type { AddressRules } from '../../addresses/check-addresses.ts'
import { bitfieldOf } from '../../formats/piece-bitfield.ts'
import type { ByteRange } from '../web-seed/byte-range.ts'
import { fetchRange } from './fetch-range.ts'
import { HttpFailure } from './http-failure.ts'
import { RequestedBlocks, type RequestedRun } from './requested-blocks.ts'

export interface WebSeedOptions {
  /** A folder of HTTP or HTTPS: see `WebSources`. */
  readonly url: string
  readonly rules: AddressRules
  /** Told why it was left, for a while or for good. */
  readonly onFailed: (failure: HttpFailure) => void
}

/** So many ranges are asked for at once, of one that does not refuse the second. */
const RANGES_AT_ONCE = 2
/** For how long it is left alone after it gave nothing: at first, and at most. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * A web seed as webtorrent sees it: a peer that has all pieces, over a wire that leads nowhere. What is asked of it, it asks
 * the server for, a few pieces at a time.
 *
 * webtorrent's own would read whatever a server sends into memory, go wherever it redirects to, and ask it again for ever. This
 * one takes exactly the range that it asked for. One that gives nothing chokes its peer, so that others are asked, and is asked
 * again later; one that does what no honest server does is left for good, and so is one that gives a bad piece
 * (`banBadSuppliers`).
 *
 * @see BEP 19: https://www.bittorrent.org/beps/bep_0019.html
 */
export class WebSeedWire {
  readonly connection: WebSeedConnection
  readonly #torrent: Torrent
  readonly #options: WebSeedOptions
  readonly #blocks = new RequestedBlocks()
  readonly #agent: Agent
  #trying = new AbortController()
  #asked = 0
  #atOnce = RANGES_AT_ONCE
  #pauseMs = FIRST_PAUSE_MS
  #pause: NodeJS.Timeout | undefined

  /** @param torrent It is ready: its pieces and files are known. */
  constructor(torrent: Torrent, options: WebSeedOptions) {
    this.#torrent = torrent
    this.#options = options
    const limits = { keepAlive: true, maxSockets: RANGES_AT_ONCE }
    this.#agent = /^https:/i.test(options.url) ? new HttpsAgent(limits) : new HttpAgent(limits)
    this.connection = Object.assign(new Wire(), { connId: options.url })
    this.#speak(this.connection)
  }

  #speak(wire: Wire): void {
    const { infoHash, pieces } = this.#torrent
    wire.once('handshake', () => {
      wire.handshake(infoHash, hash('sha1', this.#options.url))
      wire.bitfield(bitfieldOf(pieces.length, () => true))
    })
    wire.once('interested', () => wire.unchoke())
    wire.on(
      'request',
      (piece: number, offset: number, length: number, respond: (error: null, bytes: Buffer) => void) => {
        this.#blocks.add({
          start: piece * this.#torrent.pieceLength + offset,
          length,
          give: (bytes) => {
            this.#pauseMs = FIRST_PAUSE_MS
            respond(null, bytes)
          },
        })
        // More may be asked for in this turn.
        setImmediate(() => this.#ask())
      },
    )
    wire.once('close', () => {
      clearTimeout(this.#pause)
      this.#trying.abort()
      this.#agent.destroy()
    })
  }

  #ask(): void {
    while (this.#asked < this.#atOnce && !this.connection.destroyed) {
      const run = this.#blocks.next((start) => this.#fileAt(start))
      if (run === null) return
      this.#asked += 1
      void this.#fetch(run, this.#trying.signal)
    }
  }

  async #fetch(run: RequestedRun, signal: AbortSignal): Promise<void> {
    try {
      const file = this.#fileAt(run.from)
      const range: ByteRange = { from: run.from - file.offset, to: run.to - file.offset }
      const { url, rules } = this.#options
      const question = { url: urlOf(url, file.path), rules, signal, agent: this.#agent }
      await fetchRange(question, range, file.length, (bytes) => run.take(bytes))
    } catch (error) {
      if (!signal.aborted) this.#miss(run, error)
    } finally {
      this.#asked -= 1
      this.#ask()
    }
  }

  /** A server with many clients may refuse one range while it gives another. */
  #miss(run: RequestedRun, error: unknown): void {
    const failure = error instanceof HttpFailure ? error : new HttpFailure('NEVER', String(error), { cause: error })
    if (failure.when === 'NEVER' || this.#asked === 1) return this.#fail(failure)
    this.#atOnce = 1
    for (const block of run.missing()) this.#blocks.add(block)
  }

  #fail(failure: HttpFailure): void {
    this.#options.onFailed(failure)
    this.#blocks.clear()
    this.#trying.abort()
    this.#trying = new AbortController()
    if (failure.when === 'NEVER') {
      this.connection.destroy()
      return
    }
    this.connection.choke()
    this.#pause = setTimeout(() => this.connection.unchoke(), this.#pauseMs)
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS)
  }

  #fileAt(start: number): Torrent['files'][number] {
    const file = this.#torrent.files.find(({ offset, length }) => offset <= start && start < offset + length)
    if (file === undefined) throw new RangeError(`Cannot ask for byte ${start}: no file has it`)
    return file
  }
}

/** Its folder may be named without the slash at its end. */
function urlOf(seed: string, path: string): string {
  return `${seed}${seed.endsWith('/') ? '' : '/'}${path}`
}
