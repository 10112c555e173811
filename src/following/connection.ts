import type { CommunityId } from '../domain/community-id.ts'
import type { FollowFailure } from './follow-state.ts'
import { openSocket, type SocketTarget } from './open-socket.ts'
import { readInOrder } from './read-in-order.ts'
import { failureOfClose, failureOfError, failureOfStatus } from './socket-failures.ts'
import { createSubscription, type SubscriptionEvents } from './subscription.ts'
import { isUnread, watchSilence } from './watch-silence.ts'

/** How long the other node may take. */
export interface ConnectionLimits {
  /** From dialling to the subscription. */
  readonly handshakeMs: number
  /** Twice this without a word, and it counts as gone. */
  readonly silenceMs: number
}

export interface ConnectionOptions extends SocketTarget, SubscriptionEvents {
  readonly communityId: CommunityId
  /** A cursor of the other node, or `START`. */
  readonly after: string
  readonly limits: ConnectionLimits
  /** Is told what `onLink` throws, which ends the connection. */
  readonly onFault: (fault: unknown) => void
  /** Ends the connection at once. */
  readonly signal: AbortSignal
}

/**
 * Listens to the links of one community until the connection ends, for whatever reason, which is the answer. No link is
 * being handled any more when it settles. Never rejects.
 *
 * The codec of graphql-ws is used, and not its client, which comes back at once, and without end, to a server that closes
 * with 1000, and reads on while a link is handled.
 *
 * @see https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */
export async function listen(options: ConnectionOptions): Promise<FollowFailure> {
  const { limits, signal, onConnected, onFault } = options
  const { promise: ended, resolve: end } = Promise.withResolvers<FollowFailure>()
  const socket = openSocket(options)
  const timedOut = (): void => end({ code: 'TIMED_OUT', detail: null })
  const handshake = setTimeout(timedOut, limits.handshakeMs)
  const endSilence = watchSilence(socket, limits.silenceMs, timedOut)
  const aborted = (): void => end({ code: 'CLOSED', detail: null })
  signal.addEventListener('abort', aborted)
  if (signal.aborted) aborted()

  const subscription = createSubscription({
    ...options,
    send: (text) => (isUnread(socket) ? timedOut() : socket.send(text)),
    end,
    onConnected: () => {
      clearTimeout(handshake)
      onConnected()
    },
  })
  const messages = readInOrder(socket, subscription.receive, (fault) => {
    onFault(fault)
    end({ code: 'INTERNAL', detail: null })
  })
  socket.on('open', subscription.open)
  socket.on('unexpected-response', (_request, { statusCode = 0 }) => end(failureOfStatus(statusCode)))
  socket.on('error', (error) => end(failureOfError(error)))
  socket.on('close', (code) => end(failureOfClose(code)))

  const failure = await ended
  clearTimeout(handshake)
  endSilence()
  signal.removeEventListener('abort', aborted)
  socket.terminate()
  await messages.stop()
  return failure
}
