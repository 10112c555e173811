import type { Logger } from 'pino'

/** Where each operation is told in a line. */
export type DebugLog = Pick<Logger, 'debug' | 'isLevelEnabled'>
