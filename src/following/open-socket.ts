import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { WebSocket } from 'ws'
import { lookupOf } from '../addresses/lookup-of.ts'
import type { BearerToken } from '../domain/bearer-token.ts'
import type { FollowUrl } from '../domain/follow-url.ts'

/** The longest message that is read, in bytes. A link takes 9,000 at most, and an error far less. */
const MAX_MESSAGE_BYTES = 65_536

export interface SocketTarget {
  readonly url: FollowUrl
  /** What the host stands for, as it was checked: no other address is dialled, whatever the name stands for by now. */
  readonly addresses: readonly string[]
  readonly token: BearerToken | null
}

/** Dials another node. Follows no redirects, and takes nothing that would have to be decompressed. */
export function openSocket({ url, addresses, token }: SocketTarget): WebSocket {
  return new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL, {
    lookup: lookupOf(addresses),
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    // A pong is sent where the other side reads what is sent: see the connection.
    autoPong: false,
  })
}
