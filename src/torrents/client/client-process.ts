import { failureCodeOf } from '../seeder/seeding-failure.ts'
import { DownloadAnswers } from './answer-downloads.ts'
import { answerItem } from './answer-item.ts'
import { PORT_IN_USE_EXIT_CODE, type ClientRequest, type FromClient, type ToClient } from './client-protocol.ts'
import type { TorrentClientSettings } from './client-settings.ts'
import type { TorrentLimits } from './torrent-limits.ts'
import type { ItemRequest } from './item-calls.ts'
import { createSeeder, type Seeder } from '../seeder/seeder.ts'

// The torrent client's process, started by `startClientLife` after `tied-process.ts`, so that it lives as long as the
// channel to the main process does. It dies at the first thing that nobody expected: it is started anew, empty.

const SAMPLE_MS = 1_000
const GOODBYE_MS = 1_500
const BROKEN_CHANNEL: ReadonlySet<unknown> = new Set(['EPIPE', 'ERR_IPC_CHANNEL_CLOSED'])

let seeder: Seeder | null = null
/** They came before it listened. */
let limitsMeanwhile: TorrentLimits | null = null
let downloads: DownloadAnswers | null = null

process.on('uncaughtException', (error) => die('exception', error))
process.on('unhandledRejection', (error) => die('rejection', error))
// What is logged is lost where the disk is full, and peers are served all the same.
process.stderr.on('error', () => undefined)

process.on('message', (message: ToClient) => {
  switch (message.type) {
    case 'START':
      void start(message.settings)
      break
    case 'REQUEST':
      void answer(message.id, message.request)
      break
    case 'LIMIT':
      limit(message.limits)
      break
    case 'OPEN_DOWNLOAD':
    case 'ASK_METADATA':
    case 'FETCH':
    case 'ABORT_CALL':
    case 'CLOSE_DOWNLOAD':
      downloads?.take(message)
      break
    case 'PUT_ITEM':
    case 'GET_ITEM':
      void tellItem(message)
      break
    case 'STOP':
      void stop()
      break
    default:
      message satisfies never
  }
})

async function start(settings: TorrentClientSettings): Promise<void> {
  try {
    const created = await createSeeder(settings, {
      onFailed(infoHash, error) {
        const code = failureCodeOf(error)
        log('torrent-failed', { infoHash, code, error: textOf(error) })
        tell({ type: 'FAILED', infoHash, code })
      },
      onGone: (error) => die('gone', error),
      onSourceFailed: (infoHash, error) => log('source-failed', { infoHash, error: textOf(error) }),
      onStampFailed: (infoHash, error) => log('stamp-failed', { infoHash, error: textOf(error) }),
      onOffence: (offence, address, cause) => {
        if (cause !== undefined) log('unparsable-peer', { offence, address, error: textOf(cause) })
      },
    })
    if (limitsMeanwhile !== null) created.limit(limitsMeanwhile)
    seeder = created
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    die('listen', error, taken ? PORT_IN_USE_EXIT_CODE : 1)
  }
  const answers = new DownloadAnswers(seeder.downloads, tell, (request, code, fault) =>
    log('download-failed', { request, code, error: textOf(fault) }),
  )
  downloads = answers
  tell({ type: 'LISTENING', port: seeder.port })
  const { sample, openFiles, traffic } = seeder
  const tellStats = (): void =>
    tell({
      type: 'STATS',
      changed: sample(),
      downloads: answers.sample(),
      openFiles: openFiles(),
      traffic: traffic(),
    })
  setInterval(tellStats, SAMPLE_MS)
}

function limit(limits: TorrentLimits): void {
  if (seeder === null) limitsMeanwhile = limits
  else seeder.limit(limits)
}

async function answer(id: number, request: ClientRequest): Promise<void> {
  try {
    if (seeder === null) throw new Error(`Cannot ${request.type}: the torrent client does not listen yet`)
    const struck = await take(seeder, request, (isWaiting) => tell({ type: 'WAIT', id, isWaiting }))
    if (struck > 0) log('pieces-struck', { request: request.type, struck })
    tell({ type: 'ANSWER', id, code: null, struck })
  } catch (error) {
    const code = failureCodeOf(error)
    log('request-failed', { request: request.type, code, error: textOf(error) })
    tell({ type: 'ANSWER', id, code, struck: 0 })
  }
}

async function take(
  { serve, drop }: Seeder,
  request: ClientRequest,
  onWait: (isWaiting: boolean) => void,
): Promise<number> {
  switch (request.type) {
    case 'SERVE':
      return serve(request.torrent, onWait)
    case 'DROP':
      await drop(request.infoHash)
      return 0
  }
}

async function tellItem(request: ItemRequest): Promise<void> {
  if (seeder === null) throw new Error(`Cannot ${request.type}: the torrent client does not listen yet`)
  const onFault = (fault: unknown): void => log('item-failed', { request: request.type, error: textOf(fault) })
  tell(await answerItem(seeder.items, request, onFault))
}

async function stop(): Promise<void> {
  setTimeout(() => process.exit(0), GOODBYE_MS) // Trackers may take longer to hear goodbye.
  await seeder?.close()
  process.exit(0)
}

function tell(message: FromClient): void {
  if (process.connected) process.send?.(message, endUnheard)
}

/** The main process is gone, which is told by `disconnect` only after what waits to be sent. */
function endUnheard(error: Error | null): void {
  if (error === null) return
  if (!('code' in error) || !BROKEN_CHANNEL.has(error.code)) die('channel', error)
  process.kill(process.pid, 'SIGKILL')
}

function die(what: string, error: unknown, code = 1): never {
  log('died', { what, error: error instanceof Error ? error.stack : String(error) })
  process.exit(code)
}

function log(event: string, details: object): void {
  process.stderr.write(`${JSON.stringify({ name: 'torrent-client', event, time: Date.now(), ...details })}\n`)
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
