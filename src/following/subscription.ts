import { MessageType, parseMessage, stringifyMessage, type Message } from 'graphql-ws'
import type { BearerToken } from '../domain/bearer-token.ts'
import type { CommunityId } from '../domain/community-id.ts'
import { detailOf, type FollowFailure } from './follow-state.ts'
import { LINKS, readLink, type FollowedLink } from './read-link.ts'

/** REFUSED: not believed. Who sends too much of that in one connection is not listened to for a while. */
export type LinkVerdict = 'TAKEN' | 'REFUSED'

/** What a subscription tells of while it lasts. */
export interface SubscriptionEvents {
  /** The other node took the subscription. */
  readonly onConnected: () => void
  /** The next message is read when it settles. */
  readonly onLink: (link: FollowedLink) => Promise<LinkVerdict>
  /** What was sent as a link is none. */
  readonly onMalformed: () => void
}

export interface SubscriptionOptions extends SubscriptionEvents {
  readonly communityId: CommunityId
  readonly token: BearerToken | null
  /** A cursor of the other node, or `START`. */
  readonly after: string
  readonly send: (text: string) => void
  readonly end: (failure: FollowFailure) => void
}

/** One subscription over graphql-transport-ws, without the socket. */
export interface Subscription {
  /** Begins; the socket is open. */
  open(): void
  /** Takes a message of the other side; null is one that is no text. */
  receive(text: string | null): Promise<void>
}

/** There is only one on a connection. */
const ID = '1'

/** How much that is not believed is taken in one connection. */
const MAX_REFUSED = 100

/** What codes of the other node come to; all others are errors that this node knows nothing of. */
const CODES: Readonly<Record<string, FollowFailure['code']>> = {
  CURSOR_NOT_IN_THIS_LOG: 'CURSOR_LOST',
  CURSOR_MALFORMED: 'CURSOR_LOST',
  UNAUTHENTICATED: 'UNAUTHORIZED',
  FORBIDDEN: 'UNAUTHORIZED',
}

/** Creates what asks for the links of a community and reads what it is answered. */
export function createSubscription(options: SubscriptionOptions): Subscription {
  const { send, end, onConnected } = options
  const take = createLinkTaker(options)
  let isAcknowledged = false

  function violated(): void {
    end({ code: 'PROTOCOL_VIOLATED', detail: null })
  }

  function subscribe(): void {
    if (isAcknowledged) return violated()
    isAcknowledged = true
    send(subscribeMessage(options))
    onConnected()
  }

  return {
    open: () => send(initMessage(options)),
    async receive(text) {
      const message = text === null ? null : read(text)
      switch (message?.type) {
        case MessageType.ConnectionAck:
          return subscribe()
        case MessageType.Ping:
          return send(stringifyMessage({ type: MessageType.Pong }))
        case MessageType.Pong:
          return
        case MessageType.Next:
          return isAcknowledged && message.id === ID ? take(message.payload) : violated()
        case MessageType.Error:
          return end(failureOfErrors(message.payload))
        case MessageType.Complete:
          return end({ code: 'CLOSED', detail: null })
        default:
          return violated()
      }
    },
  }
}

interface ResultLike {
  readonly data?: unknown
  readonly errors?: unknown
}

function createLinkTaker({
  communityId,
  end,
  onLink,
  onMalformed,
}: SubscriptionOptions): (result: ResultLike) => Promise<void> {
  let refused = 0
  return async ({ data, errors }) => {
    if (errors != null) return end(failureOfErrors(errors))
    const link = readLink(data, communityId)
    if (link === null) onMalformed()
    const verdict = link === null ? 'REFUSED' : await onLink(link)
    if (verdict === 'REFUSED') refused += 1
    if (refused >= MAX_REFUSED) end({ code: 'TOO_MANY_REFUSED', detail: null })
  }
}

/** Null for what is no message of the protocol: it throws for nothing else. */
function read(text: string): Message | null {
  try {
    return parseMessage(text)
  } catch {
    return null
  }
}

function initMessage({ token }: SubscriptionOptions): string {
  const payload = token === null ? {} : { authorization: `Bearer ${token}` }
  return stringifyMessage({ type: MessageType.ConnectionInit, payload })
}

function subscribeMessage({ communityId, after }: SubscriptionOptions): string {
  const payload = { query: LINKS, variables: { communityId, after } }
  return stringifyMessage({ id: ID, type: MessageType.Subscribe, payload })
}

/** The code of the first error, as GraphQL servers put it. */
function failureOfErrors(errors: unknown): FollowFailure {
  const [first] = Array.isArray(errors) ? (errors as readonly unknown[]) : []
  const { extensions } = (first ?? {}) as { readonly extensions?: { readonly code?: unknown } | null }
  const detail = detailOf(extensions?.code)
  return { code: (detail === null ? undefined : CODES[detail]) ?? 'REMOTE_ERROR', detail }
}
