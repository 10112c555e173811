import { GraphQLError } from 'graphql'
import type { CorrelationId } from '../../events/recorded-event.ts'
import type { ErrorCode } from '../error-codes.ts'

/** What the system and SQLite, by either driver, say of a disk that takes no more. */
const FULL_DISK: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])
const FULL_DISK_OF_NODE_SQLITE = 13

/** Faults are a few causes deep; one that leads back to itself is none of ours. */
const MAX_CAUSES = 10

interface Told {
  readonly code: ErrorCode
  readonly message: string
}

const FULL: Told = {
  code: 'DISK_FULL',
  message: 'The node cannot write, as its disk is full: make room, and send it again.',
}
const UNEXPECTED: Told = { code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error.' }

/**
 * What a client is told in the place of a fault: no more than the id under which the log tells of it, unless it is one
 * that the operator of the node mends.
 *
 * @param error What the executor made of it, with its place in the document; or what was thrown itself.
 */
export function maskFault(error: unknown, correlationId: CorrelationId): GraphQLError {
  const { code, message } = isDiskFull(error) ? FULL : UNEXPECTED
  const { nodes, source, positions, path } = error instanceof GraphQLError ? error : {}
  // By `unexpected` Yoga knows what is no fault of the client, and takes it out.
  const extensions = { code, correlationId, unexpected: true }
  return new GraphQLError(message, { nodes, source, positions, path, extensions })
}

function isDiskFull(fault: unknown, depth = 0): boolean {
  if (!(fault instanceof Error) || depth > MAX_CAUSES) return false
  if ('code' in fault && FULL_DISK.has(fault.code)) return true
  if ('errcode' in fault && fault.errcode === FULL_DISK_OF_NODE_SQLITE) return true
  return isDiskFull(fault.cause, depth + 1)
}
