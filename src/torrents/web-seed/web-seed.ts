import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InfoHash } from '../../domain/info-hash.ts'
import { parseByteRange, type AskedRange, type ByteRange } from './byte-range.ts'
import { seedFileOf, type SeedFile, type SeedGate } from './seed-file.ts'
import { parseSeedPath, type SeedPath } from './seed-path.ts'
import { createSeedStreams, type SeedStreams } from './seed-streams.ts'
import { createSeededVersions, type SeededFiles } from './seeded-versions.ts'

/** What a web seed has to know of its surroundings. */
export interface WebSeedPorts extends SeedGate {
  /** Where the files of a torrent are that is served now; null for any other. */
  readonly findServed: (infoHash: InfoHash) => Promise<SeededFiles | null>
  /** The web seeds that its torrent file names. */
  readonly webSeedsOf: (infoHash: InfoHash) => readonly string[]
  /** Told why a torrent that is served could not be given; see `failureCodeOf`. */
  readonly onFailed: (infoHash: InfoHash, error: unknown) => void
}

/** Gives torrents that are served to whoever asks over HTTP (BEP 19), where there are peers and where there are none. */
export interface WebSeed {
  /**
   * Answers GET, HEAD and, for browsers, OPTIONS below `/seed/`. What is not there, not served, or here only in part is 404,
   * and nothing tells which.
   */
  handle(this: void, request: IncomingMessage, response: ServerResponse): Promise<void>
}

type Head = Readonly<Record<string, string | number>>

/** Browsers' peers may be of any page. */
const FOR_ALL = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Accept-Ranges, Content-Length, Content-Range, ETag',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
}
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, HEAD',
  'Access-Control-Allow-Headers': 'Cache-Control, If-None-Match, If-Range, Range',
  'Access-Control-Max-Age': 86_400,
}
const METHODS: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'OPTIONS'])
const LATER = { 'Retry-After': 10, 'Cache-Control': 'no-store' }

/** Creates it. */
export function createWebSeed(ports: WebSeedPorts, streams: SeedStreams = createSeedStreams()): WebSeed {
  const versions = createSeededVersions(ports.webSeedsOf)

  async function find(path: SeedPath): Promise<SeedFile | null> {
    const files = await ports.findServed(path.infoHash)
    if (files === null || (path.file !== 'torrent' && path.name !== files.communityId)) return null
    const version = await versions.open(files)
    return version && seedFileOf(path, files, version, ports)
  }

  async function give(path: SeedPath, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController()
    response.once('close', () => left.abort())
    try {
      const file = await find(path)
      if (file === null) return end(response, 404, { 'Cache-Control': 'no-store' })
      const admit = async (): Promise<Disposable | null> => ports.admitStream(path.infoHash)
      await send(request, response, { file, streams, admit, signal: left.signal })
    } catch (error) {
      // Of what is not served any more, nothing that was read of it says anything.
      if (!left.signal.aborted && ports.isServed(path.infoHash)) ports.onFailed(path.infoHash, error)
      if (!response.headersSent) end(response, 503, LATER)
    }
  }

  return {
    async handle(request, response) {
      for (const [name, value] of Object.entries(FOR_ALL)) response.setHeader(name, value)
      if (!METHODS.has(request.method)) return end(response, 405, { Allow: 'GET, HEAD, OPTIONS' })
      if (request.method === 'OPTIONS') return end(response, 204, PREFLIGHT)
      const path = parseSeedPath(request.url ?? '')
      if (path === null) return end(response, 404, { 'Cache-Control': 'no-store' })
      await give(path, request, response)
    },
  }
}

interface Sending {
  readonly file: SeedFile
  readonly streams: SeedStreams
  readonly admit: () => Promise<Disposable | null>
  readonly signal: AbortSignal
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { file, streams, admit, signal }: Sending,
): Promise<void> {
  const { size, headers, etag } = file
  const described: Head = { ...headers, 'Accept-Ranges': 'bytes', ...(etag !== null && { ETag: etag }) }
  if (etag !== null && isNamed(request.headers['if-none-match'], etag)) return end(response, 304, described)
  const asked = askedRange(request, file)
  if (asked === 'UNSATISFIABLE') return end(response, 416, { 'Content-Range': `bytes */${size}` })
  const range: ByteRange = asked === 'WHOLE' ? { from: 0, to: size } : asked
  const part = asked === 'WHOLE' ? {} : { 'Content-Range': `bytes ${range.from}-${range.to - 1}/${size}` }
  const head = { ...described, ...part, 'Content-Length': range.to - range.from }
  const status = asked === 'WHOLE' ? 200 : 206
  if (request.method === 'HEAD') return void response.writeHead(status, head).end()
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of file.bytes(range, signal)) {
      // Nothing is promised before something is there to be sent.
      if (!response.headersSent) response.writeHead(status, head)
      yield chunk
    }
  }
  using admitted = await admit()
  if (admitted === null || !(await streams.send(response, bytes))) end(response, 503, LATER)
}

/** A range of another version than the one that is here is none. @see RFC 9110, sections 13.1.5 and 14.2 */
function askedRange({ method, headers }: IncomingMessage, { size, etag }: SeedFile): AskedRange {
  const ifRange = headers['if-range']
  const isOfThis = ifRange === undefined || ifRange === etag
  return method === 'GET' && isOfThis ? parseByteRange(headers.range, size) : 'WHOLE'
}

/** Compared weakly, as RFC 9110, section 13.1.2 has it. */
function isNamed(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim()))
}

function end(response: ServerResponse, status: number, head: Head): void {
  response.writeHead(status, status === 204 || status === 304 ? head : { ...head, 'Content-Length': 0 }).end()
}
