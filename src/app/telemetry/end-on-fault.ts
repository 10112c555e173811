import { createNodeLog, type LogSettings } from '../../telemetry/log/node-log.ts'

/** What a process ends with that met a fault which nobody expected. A supervisor starts it again. */
const EXIT_FAULT = 1

/**
 * Has this process say why, and end, at the first fault that nobody caught: what it holds in memory may no longer be true, and
 * what it wrote is safe. The torrent client's process ends with it.
 */
export function endOnFault(settings: LogSettings): void {
  const log = createNodeLog(settings)
  // Rejections that nobody handled come here too, with another origin.
  process.on('uncaughtException', (fault: unknown, origin) => {
    const err = fault instanceof Error ? fault : new Error('What was thrown is no error', { cause: fault })
    log.fatal({ err, origin }, 'The node ends, as it met a fault that nobody expected')
    process.exit(EXIT_FAULT)
  })
}
