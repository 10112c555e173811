import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Asking } from '../limits/caller-limits.ts'
import type { Operation } from '../operation.ts'

/** What a transport tells of an operation, whichever it is. */
export interface AskedContext {
  readonly operation: Operation
  readonly asking: Asking
}

/** What the server tells Yoga of each request. */
export interface ServerContext extends AskedContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}
