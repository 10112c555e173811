import { pino, type Logger } from 'pino'
import type { Settings } from './settings.ts'

const STANDARD_ERROR = 2
/** How much is kept for a disk that is full, in bytes. What comes on top is lost. */
const MAX_WAITING_BYTES = 1_048_576

/**
 * The node's own log, for its operator: a line of JSON for each entry.
 *
 * Lines that nobody takes are lost, as the node is worth more than what it says: an error of the stream that
 * is not heard would be thrown at whoever logs, such as what starts the torrent client again.
 *
 * @param destination A descriptor, or the path of a file.
 */
export function createNodeLog(level: Settings['logLevel'], destination: number | string = STANDARD_ERROR): Logger {
  const stream = pino.destination({ dest: destination, sync: true, maxLength: MAX_WAITING_BYTES })
  stream.on('error', () => undefined)
  return pino({ level }, stream)
}
