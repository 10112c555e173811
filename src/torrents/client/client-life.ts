import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeedingFailureCode } from '../../domain/failure-codes.ts'
import type { InfoHash } from '../../domain/info-hash.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ClientRequest, FromClient, ToClient } from './client-protocol.ts'
import type { TorrentClientSettings } from './client-settings.ts'
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

const START_MS = 30_000
const STOP_MS = 3_000
const BEAT_MS = 1_000
/** A process that is silent for so many beats is stuck. Beats and not time: a laptop may have slept. */
const MISSED_BEATS = 10

const CLIENT_PROCESS = fileURLToPath(new URL('./client-process.ts', import.meta.url))

/** Starts the torrent client's process. It ends by itself when this process does. */
export function startClientLife(settings: TorrentClientSettings, observer: LifeObserver): ClientLife {
  const child = forkClient(settings)
  const exited = exitOf(child)
  const port = Promise.withResolvers<number>()
  const answers = createAnswers()
  const beats = watchBeats(child)
  child.on('message', (message: FromClient) => {
    beats.beat()
    dispatch(message, { ...observer, onListening: port.resolve, onAnswer: answers.settle })
  })
  child.once('exit', () => {
    beats.end()
    answers.settleAll(err({ code: 'INTERNAL' }))
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

interface MessageHandlers extends LifeObserver {
  onListening(port: number): void
  onAnswer(id: number, outcome: RequestOutcome): void
}

function dispatch(message: FromClient, handlers: MessageHandlers): void {
  switch (message.type) {
    case 'LISTENING':
      handlers.onListening(message.port)
      break
    case 'ANSWER':
      handlers.onAnswer(message.id, message.code === null ? ok(undefined) : err({ code: message.code }))
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

/** Ends a process that does not start, or is stuck: peers may find a way to keep it busy for ever. */
function watchBeats(child: ChildProcess): { beat(): void; end(): void } {
  let silentMs = 0
  let toleratedMs = START_MS
  const timer = setInterval(() => {
    silentMs += BEAT_MS
    if (silentMs > toleratedMs) child.kill('SIGKILL')
  }, BEAT_MS)
  return {
    beat() {
      silentMs = 0
      toleratedMs = MISSED_BEATS * BEAT_MS
    },
    end: () => clearInterval(timer),
  }
}
