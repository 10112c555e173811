import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { TorrentFixture } from './torrent-fixture.ts'

/** What a server does to whoever asks it for a file. */
export type SourceManner =
  | 'HONEST'
  /** It knows no ranges. */
  | 'WHOLE_FILES'
  /** Zeros, as many as were asked for. */
  | 'WRONG_BYTES'
  /** More than it says, and than it was asked for. */
  | 'TOO_MUCH'
  /** It ends before what it was asked for does. */
  | 'TOO_LITTLE'
  | 'BREAKS_OFF'
  /** Another range than it was asked for. */
  | 'ANOTHER_RANGE'
  | 'REDIRECT'
  | 'COMPRESSED'
  | 'ERROR'
  /** It refuses a range while it gives another. */
  | 'ONE_AT_A_TIME'
  /** A byte now and then. */
  | 'DRIPS'
  /** It never answers. */
  | 'SILENT'

/** A web server that has the files of a torrent, and may mean no good. */
export interface HttpSource {
  /** Of the folder that is named as web seed. */
  readonly url: string
  readonly torrentFileUrl: string
  /** What it does from now on. */
  manner: SourceManner
  /** What it was asked for: paths and ranges. */
  readonly asked: { readonly path: string; readonly range: string | null }[]
}

/** Starts one, for as long as the test runs. */
export async function startHttpSource(
  { torrent: { communityId, dataBytes }, bytes, torrentFile }: TorrentFixture,
  manner: SourceManner = 'HONEST',
): Promise<HttpSource> {
  const files = new Map<string, Uint8Array>([
    [`/s/${communityId}/data`, bytes.subarray(0, dataBytes)],
    [`/s/${communityId}/index`, bytes.subarray(dataBytes)],
    ['/torrent', torrentFile],
  ])
  let busy = false
  const server = createServer((request, response) => {
    const { url: path = '', headers } = request
    source.asked.push({ path, range: headers.range ?? null })
    if (source.manner !== 'ONE_AT_A_TIME') return answer(request, response, files.get(path), source.manner)
    if (busy) return answer(request, response, files.get(path), 'ERROR')
    busy = true
    response.once('close', () => (busy = false))
    setTimeout(() => answer(request, response, files.get(path), 'HONEST'), 20)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const source: HttpSource = { url: `${origin}/s/`, torrentFileUrl: `${origin}/torrent`, manner, asked: [] }
  return source
}

function drip(response: ServerResponse, bytes: Uint8Array): void {
  response.write(bytes.subarray(0, 1))
  const next = setTimeout(() => drip(response, bytes.subarray(1)), 20)
  response.once('close', () => clearTimeout(next))
}

function answer(
  { headers }: IncomingMessage,
  response: ServerResponse,
  file: Uint8Array | undefined,
  manner: SourceManner,
): void {
  if (file === undefined) return void response.writeHead(404).end()
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
  const [from, to] = first === undefined ? [0, file.length] : [Number(first), Number(last) + 1]
  const status = first === undefined ? 200 : 206
  const head = { 'Content-Range': `bytes ${from}-${to - 1}/${file.length}` }
  switch (manner) {
    case 'HONEST':
    case 'ONE_AT_A_TIME':
      return void response.writeHead(status, head).end(file.subarray(from, to))
    case 'WHOLE_FILES':
      return void response.writeHead(200).end(file)
    case 'WRONG_BYTES':
      return void response.writeHead(status, head).end(Buffer.alloc(to - from))
    case 'TOO_MUCH':
      return void response.writeHead(status, head).end(Buffer.alloc(to - from + 9_000_000))
    case 'TOO_LITTLE':
      return void response.writeHead(status, head).end(file.subarray(from, to - 1))
    case 'BREAKS_OFF':
      response.writeHead(status, { ...head, 'Content-Length': to - from }).write(file.subarray(from, to - 1))
      return void setImmediate(() => response.destroy())
    case 'ANOTHER_RANGE':
      return void response.writeHead(206, { 'Content-Range': `bytes 0-0/${file.length}` }).end('a')
    case 'REDIRECT':
      return void response.writeHead(302, { Location: '/elsewhere' }).end()
    case 'COMPRESSED':
      return void response.writeHead(status, { ...head, 'Content-Encoding': 'gzip' }).end(file.subarray(from, to))
    case 'ERROR':
      return void response.writeHead(503).end()
    case 'DRIPS':
      return drip(response.writeHead(status, head), file.subarray(from, to))
    case 'SILENT':
      return undefined
  }
}
