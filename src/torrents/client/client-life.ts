import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeedingFailureCode } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ClientRequest, FromClient, ToClient } from './client-protocol.ts'
import type { TorrentClientSettings } from './client-settings.ts'
import type { Download, TorrentToDownload } from './download.ts'
import { DownloadCalls } from './download-calls.ts'
import { createItemCalls, type ItemCalls } from './item-calls.ts'
import { watchBeats } from './process-beats.ts'
import type { OpenFiles } from './open-files.ts'
import { createRequestCalls, type RequestCalls, type RequestOutcome } from './request-calls.ts'
import type { TorrentLimits } from './torrent-limits.ts'
import type { StatsSample } from './torrent-stats.ts'
import type { Traffic } from './traffic.ts'

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** One life of the torrent client's process, from fork to exit. */
export interface ClientLife {
  readonly pid: number | undefined
  /** The port, once it listens; or how it ended without ever listening. */
  readonly listening: Promise<Result<number, ProcessExit>>
  readonly exited: Promise<ProcessExit>
  /** Never hangs, see `RequestCalls`: INTERNAL when the process ends first. */
  request(request: ClientRequest, timeoutMs: number): Promise<RequestOutcome>
  /** Never hangs, see `DownloadCalls`: INTERNAL when the process ends first, as it does when it does not answer. */
  openDownload(wanted: TorrentToDownload, answerMs: number): Download
  /** A process that ended needs no limits any more. */
  limit(limits: TorrentLimits): void
  /** Never hangs, see `ItemCalls`: INTERNAL when the process ends first. */
  readonly items: Pick<ItemCalls, 'put' | 'get'>
  /** Lets it say goodbye, then ends it. */
  stop(): Promise<void>
  /** Ends it at once. */
  end(): Promise<void>
}

/** What a life tells by itself. */
export interface LifeObserver {
  onFailed(infoHash: InfoHash, code: SeedingFailureCode): void
  onStats(changed: readonly StatsSample[], openFiles: OpenFiles, traffic: Traffic): void
}

const STOP_MS = 3_000

const TIED_PROCESS = new URL('./tied-process.ts', import.meta.url).href
const CLIENT_PROCESS = fileURLToPath(new URL('./client-process.ts', import.meta.url))

/** Starts the torrent client's process. It ends by itself when this process does. */
export function startClientLife(settings: TorrentClientSettings, observer: LifeObserver): ClientLife {
  const child = forkClient(settings)
  const exited = exitOf(child)
  const port = Promise.withResolvers<number>()
  const { requests, downloads, items, settleAll } = createCalls(child)
  const beats = watchBeats(child)
  child.on('message', (message: FromClient) => {
    beats.beat()
    dispatch(message, { ...observer, onListening: port.resolve, requests, downloads, items })
  })
  child.once('exit', () => {
    beats.end()
    settleAll(err({ code: 'INTERNAL' }))
  })
  send(child, { type: 'START', settings })

  return {
    pid: child.pid,
    exited,
    listening: Promise.race([port.promise.then(ok), exited.then(err)]),
    request: async (...call) => (child.connected ? requests.start(...call) : err({ code: 'INTERNAL' })),
    openDownload: (...download) => downloads.open(...download),
    limit: (limits) => child.connected && send(child, { type: 'LIMIT', limits }),
    items: {
      put: async (...call) => (child.connected ? items.put(...call) : err({ code: 'INTERNAL' })),
      get: async (...call) => (child.connected ? items.get(...call) : err({ code: 'INTERNAL' })),
    },
    async stop() {
      if (!child.connected) return
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      send(child, { type: 'STOP' })
      await exited
      clearTimeout(timer)
    },
    async end() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/**
 * With a bounded heap alone, V8 collects all of it for every six megabytes of pieces that pass by, which lie outside of it.
 * It does not where the heap may grow to some size first.
 */
function forkClient({ maxHeapMegabytes }: TorrentClientSettings): ChildProcess {
  return fork(CLIENT_PROCESS, [], {
    execArgv: [
      `--import=${TIED_PROCESS}`,
      `--max-old-space-size=${maxHeapMegabytes}`,
      `--initial-old-space-size=${Math.floor(maxHeapMegabytes / 4)}`,
    ],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced', // Metadata of some megabytes passes.
  })
}

/** What cannot be sent is answered by the exit that follows. */
function send(child: ChildProcess, message: ToClient): void {
  child.send(message, (error) => error && child.kill('SIGKILL'))
}

/** What the process was asked for and has not answered yet. */
interface Calls {
  readonly requests: RequestCalls
  readonly downloads: DownloadCalls
  readonly items: ItemCalls
  settleAll(this: void, outcome: RequestOutcome): void
}

function createCalls(child: ChildProcess): Calls {
  const requests = createRequestCalls((message) => send(child, message))
  const downloads = new DownloadCalls(
    (message) => send(child, message),
    () => child.kill('SIGKILL'),
  )
  const items = createItemCalls((message) => send(child, message))
  return {
    requests,
    downloads,
    items,
    settleAll(outcome) {
      requests.settleAll(outcome)
      downloads.endAll()
      items.endAll()
    },
  }
}

interface MessageHandlers extends LifeObserver {
  onListening(port: number): void
  readonly requests: Pick<RequestCalls, 'onWait' | 'settle'>
  readonly downloads: Pick<DownloadCalls, 'onReport' | 'onSamples'>
  readonly items: Pick<ItemCalls, 'settle'>
}

function dispatch(message: FromClient, handlers: MessageHandlers): void {
  switch (message.type) {
    case 'LISTENING':
      handlers.onListening(message.port)
      break
    case 'ANSWER':
      handlers.requests.settle(
        message.id,
        message.code === null ? ok({ struck: message.struck }) : err({ code: message.code }),
      )
      break
    case 'WAIT':
      handlers.requests.onWait(message.id, message.isWaiting)
      break
    case 'PIECE_FETCHED':
    case 'PIECES_DURABLE':
    case 'CALL_ENDED':
      handlers.downloads.onReport(message)
      break
    case 'ITEM_PUT':
    case 'ITEM_GOT':
      handlers.items.settle(message)
      break
    case 'FAILED':
      handlers.onFailed(message.infoHash, message.code)
      break
    case 'STATS':
      handlers.downloads.onSamples(message.downloads)
      handlers.onStats(message.changed, message.openFiles, message.traffic)
      break
    default:
      message satisfies never
  }
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
    // A process that could not be started has no exit of its own.
    child.once('error', () => child.pid === undefined && resolve({ exitCode: null, signal: null }))
  })
}
