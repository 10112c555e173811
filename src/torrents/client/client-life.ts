import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeedingFailureCode } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ClientRequest, FromClient, ToClient } from './client-protocol.ts'
import type { TorrentClientSettings } from './client-settings.ts'
import { createFetchCalls, type FetchCalls } from './fetch-calls.ts'
import { watchBeats } from './process-beats.ts'
import type { FetchOptions, FetchOutcome, PiecesToFetch } from './pieces-to-fetch.ts'
import type { OpenFiles } from './open-files.ts'
import type { StatsSample } from './torrent-stats.ts'

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

export type RequestOutcome = Result<void, { readonly code: SeedingFailureCode }>

/** One life of the torrent client's process, from fork to exit. */
export interface ClientLife {
  readonly pid: number | undefined
  /** The port, once it listens; or how it ended without ever listening. */
  readonly listening: Promise<Result<number, ProcessExit>>
  readonly exited: Promise<ProcessExit>
  /** Never hangs: TIMED_OUT after `timeoutMs`, INTERNAL when the process ends first. */
  request(request: ClientRequest, timeoutMs: number): Promise<RequestOutcome>
  /** Never hangs, see `FetchCalls`: INTERNAL when the process ends first, as it does when it does not answer. */
  fetch(wanted: PiecesToFetch, options: FetchOptions, answerMs: number): Promise<FetchOutcome>
  /** Lets it say goodbye, then ends it. */
  stop(): Promise<void>
  /** Ends it at once. */
  end(): Promise<void>
}

/** What a life tells by itself. */
export interface LifeObserver {
  onFailed(infoHash: InfoHash, code: SeedingFailureCode): void
  onStats(changed: readonly StatsSample[], openFiles: OpenFiles): void
}

const STOP_MS = 3_000

const CLIENT_PROCESS = fileURLToPath(new URL('./client-process.ts', import.meta.url))

/** Starts the torrent client's process. It ends by itself when this process does. */
export function startClientLife(settings: TorrentClientSettings, observer: LifeObserver): ClientLife {
  const child = forkClient(settings)
  const exited = exitOf(child)
  const port = Promise.withResolvers<number>()
  const { answers, fetches, settleAll } = createCalls(child)
  const beats = watchBeats(child)
  child.on('message', (message: FromClient) => {
    beats.beat()
    dispatch(message, { ...observer, onListening: port.resolve, onAnswer: answers.settle, fetches })
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
    request(request, timeoutMs) {
      if (!child.connected) return Promise.resolve(err({ code: 'INTERNAL' }))
      const { id, outcome } = answers.expect(timeoutMs)
      send(child, { type: 'REQUEST', id, request })
      return outcome
    },
    fetch: async (...call) => (child.connected ? fetches.start(...call) : err({ code: 'INTERNAL' })),
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

function forkClient({ maxHeapMegabytes }: TorrentClientSettings): ChildProcess {
  return fork(CLIENT_PROCESS, [], {
    execArgv: [`--max-old-space-size=${maxHeapMegabytes}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** What cannot be sent is answered by the exit that follows. */
function send(child: ChildProcess, message: ToClient): void {
  child.send(message, (error) => error && child.kill('SIGKILL'))
}

/** What the process was asked for and has not answered yet. */
interface Calls {
  readonly answers: Answers
  readonly fetches: FetchCalls
  settleAll(this: void, outcome: RequestOutcome): void
}

function createCalls(child: ChildProcess): Calls {
  const answers = createAnswers()
  const fetches = createFetchCalls(
    (message) => send(child, message),
    () => child.kill('SIGKILL'),
  )
  return {
    answers,
    fetches,
    settleAll(outcome) {
      answers.settleAll(outcome)
      fetches.settleAll(outcome)
    },
  }
}

interface MessageHandlers extends LifeObserver {
  onListening(port: number): void
  onAnswer(id: number, outcome: RequestOutcome): void
  readonly fetches: Pick<FetchCalls, 'onPiece' | 'settle'>
}

function dispatch(message: FromClient, handlers: MessageHandlers): void {
  switch (message.type) {
    case 'LISTENING':
      handlers.onListening(message.port)
      break
    case 'ANSWER':
      handlers.onAnswer(message.id, message.code === null ? ok(undefined) : err({ code: message.code }))
      break
    case 'PIECE_FETCHED':
      handlers.fetches.onPiece(message.id, message.piece)
      break
    case 'FETCH_ENDED':
      handlers.fetches.settle(message.id, message.code === null ? ok(undefined) : err({ code: message.code }))
      break
    case 'FAILED':
      handlers.onFailed(message.infoHash, message.code)
      break
    case 'STATS':
      handlers.onStats(message.changed, message.openFiles)
      break
    default:
      message satisfies never
  }
}

interface Answers {
  /** The outcome that `settle` gives this id, or TIMED_OUT. */
  expect(timeoutMs: number): { readonly id: number; readonly outcome: Promise<RequestOutcome> }
  settle(this: void, id: number, outcome: RequestOutcome): void
  settleAll(outcome: RequestOutcome): void
}

function createAnswers(): Answers {
  const waiting = new Map<number, (outcome: RequestOutcome) => void>()
  let id = 0

  function settle(settled: number, outcome: RequestOutcome): void {
    waiting.get(settled)?.(outcome)
    waiting.delete(settled)
  }

  return {
    settle,
    settleAll: (outcome) => waiting.forEach((_, each) => settle(each, outcome)),
    expect(timeoutMs) {
      const mine = (id += 1)
      const outcome = new Promise<RequestOutcome>((resolve) => {
        const timer = setTimeout(() => settle(mine, err({ code: 'TIMED_OUT' })), timeoutMs)
        waiting.set(mine, (given) => {
          clearTimeout(timer)
          resolve(given)
        })
      })
      return { id: mine, outcome }
    },
  }
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
    // A process that could not be started has no exit of its own.
    child.once('error', () => child.pid === undefined && resolve({ exitCode: null, signal: null }))
  })
}
