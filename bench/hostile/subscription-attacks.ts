import { nextAddress, openMany, openRaw, openWebSocket, requestText, subscribeText, type Attack } from './attack.ts'

const DEAF_CLIENTS = 200
const STORM_SOCKETS = 60
const OPERATIONS_OF_A_SOCKET = 110
const STORM_ADDRESSES = 20
const OF_AN_ADDRESS = 110

const BACKLOG = `subscription { signals(after: "START") {
  __typename cursor position occurredAt correlationId community { communityId contentTopics }
} }`
const LIVE = 'subscription { signals { __typename cursor position } }'
const LINKS = 'subscription ($communityId: CommunityId!) { magnetlinks(communityId: $communityId) { magnetUri } }'
const PAGE =
  '{ communities(first: 50) { edges { node { communityId role settings { chosen { __typename } } torrents { infoHash } } } } }'

/** Clients that ask for all that ever happened, and read nothing of it: over WebSocket, over SSE, and page after page. */
export const deafClients: Attack = async (target, tally) => {
  const { viewerToken } = target
  const authorization = { Authorization: `Bearer ${viewerToken}` }
  const stream = requestText({ ...authorization, Accept: 'text/event-stream' }, JSON.stringify({ query: BACKLOG }))
  const pages = requestText(authorization, JSON.stringify({ query: PAGE })).repeat(100)
  await openMany(DEAF_CLIENTS, DEAF_CLIENTS, (count) => {
    // In JavaScript nothing is read of a socket that is paused before it connects.
    if (count % 4 !== 0) return void openRaw(target, tally, count % 4 === 3 ? pages : stream).pause()
    openWebSocket(target, tally, {
      token: viewerToken,
      onAcknowledged: (socket) => {
        for (let id = 0; id < 20; id += 1) socket.send(subscribeText(String(id), BACKLOG))
        socket.once('message', () => socket.pause())
      },
    })
  })
}

/** More subscriptions than there may be: of one token, and of many addresses without one. */
export const subscriptionStorm: Attack = async (target, tally) => {
  const { communityId, viewerToken } = target
  const count = (data: unknown): void => {
    const [, type] = /"type":"(\w+)"/.exec(String(data)) ?? []
    if (type === 'error') tally('refused')
    if (type === 'next') tally('told')
  }
  await openMany(STORM_SOCKETS, STORM_SOCKETS, () => {
    const socket = openWebSocket(target, tally, {
      token: viewerToken,
      onAcknowledged: () => {
        for (let id = 0; id < OPERATIONS_OF_A_SOCKET; id += 1) socket.send(subscribeText(String(id), LIVE))
      },
    })
    socket.on('message', count)
  })
  await openMany(STORM_ADDRESSES, STORM_ADDRESSES, () => {
    const address = nextAddress(STORM_ADDRESSES)
    const socket = openWebSocket(target, tally, {
      address,
      onAcknowledged: () => {
        for (let id = 0; id < OF_AN_ADDRESS; id += 1) {
          socket.send(subscribeText(String(id), LINKS, { communityId }))
        }
      },
    })
    socket.on('message', count)
  })
}
