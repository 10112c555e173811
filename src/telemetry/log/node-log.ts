import { isatty } from 'node:tty'
import { pino, type Logger } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { hideSecrets } from './hide-secrets.ts'

const STANDARD_ERROR = 2
/** How much is kept for a disk that is full, in bytes. What comes on top is lost. */
const MAX_WAITING_BYTES = 1_048_576

/** What an operator chose for the log. */
export interface LogSettings {
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** auto: pretty on a terminal, JSON otherwise. */
  readonly logFormat: 'auto' | 'json' | 'pretty'
}

/**
 * The node's own log, for its operator: a line of JSON for each entry, or some lines for people. Secrets are hidden.
 *
 * Each entry is written before the call returns, so that a process which ends has said why. Lines that nobody takes are lost,
 * as the node is worth more than what it says: an error of the stream that is not heard would be thrown at whoever logs, such
 * as what starts the torrent client again.
 *
 * @param destination A descriptor, or the path of a file.
 */
export function createNodeLog(
  { logLevel, logFormat }: LogSettings,
  destination: number | string = STANDARD_ERROR,
): Logger {
  const stream = pino.destination({ dest: destination, sync: true, maxLength: MAX_WAITING_BYTES })
  stream.on('error', () => undefined)
  const isTerminal = typeof destination === 'number' && isatty(destination)
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && isTerminal)
  const show = isPretty ? createPrettyPrinter(isTerminal) : hideSecrets
  return pino({ level: logLevel, hooks: { streamWrite: show } }, stream)
}

/** In this thread, as a line that waits in another one would be lost with the process. */
function createPrettyPrinter(colorize: boolean): (line: string) => string {
  const print = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' })
  return (line) => print(hideSecrets(line))
}
