import { nextAddress, keepOn, openMany, openRaw, openWebSocket, requestText, type Attack } from './attack.ts'

const SLOW_CONNECTIONS = 1_000
/** Fast enough, and no flood: what opening costs is told by "connect, disconnect". */
const SLOW_A_SECOND = 500
const OPENED_A_SECOND = 2_500
const WEB_SOCKETS_A_SECOND = 1_500
/** What one address of nobody in particular may have. */
const WEB_SOCKETS_OF_AN_ADDRESS = 100

/** Requests whose headers never end: a line a second each. */
export const slowHeaders: Attack = async (target, tally) => {
  const sockets = await openSlow((count) => {
    const socket = openRaw(target, tally, 'GET /graphql HTTP/1.1\r\nHost: localhost\r\n')
    return { socket, say: () => `X-Slow-${count}: a\r\n` }
  })
  keepOn(SLOW_CONNECTIONS, sockets)
}

/** Bodies as long as nobody in particular may send them, of which a byte a second comes. */
export const slowBodies: Attack = async (target, tally) => {
  const sockets = await openSlow(() => {
    const headers = { 'Content-Length': '90000', 'X-Forwarded-For': nextAddress(1_000) }
    return { socket: openRaw(target, tally, requestText(headers), '{"query":"'), say: () => 'a' }
  })
  keepOn(SLOW_CONNECTIONS, sockets)
}

interface SlowConnection {
  readonly socket: ReturnType<typeof openRaw>
  readonly say: () => string
}

/** @returns Has one connection after the other say something. */
async function openSlow(open: (count: number) => SlowConnection): Promise<(count: number) => void> {
  const slow: SlowConnection[] = []
  await openMany(SLOW_CONNECTIONS, SLOW_A_SECOND, (count) => slow.push(open(count)))
  return (count) => {
    const { socket, say } = slow[count % slow.length] ?? {}
    if (socket?.writable === true && say !== undefined) socket.write(say())
  }
}

/** Connections on which nothing is said. */
export const idleSockets: Attack = async (target, tally) => {
  await openMany(target.connections, OPENED_A_SECOND, () => openRaw(target, tally))
}

/** WebSockets that are initialised and then silent, of so many addresses that each keeps to its limit. */
export const idleWebSockets: Attack = async (target, tally) => {
  const addresses = Math.ceil(target.connections / WEB_SOCKETS_OF_AN_ADDRESS)
  await openMany(target.connections, WEB_SOCKETS_A_SECOND, () => {
    openWebSocket(target, tally, { address: nextAddress(addresses) })
  })
}

/** Connections that go as soon as they are there: of all kinds, in the middle of whatever they say, with a FIN or a reset. */
export const churn: Attack = async (target, tally) => {
  const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }
  const kinds: readonly (() => void)[] = [
    () => void openRaw(target, tally).end(),
    () => resetAfter(openRaw(target, tally, requestText({ 'Content-Length': '1000' }), '{"query":')),
    () => resetAfter(openRaw(target, tally, requestText(upgrade, '', 'GET'))),
    () =>
      void openWebSocket(target, tally, {
        token: target.viewerToken,
        onOpen: (socket) => setTimeout(() => socket.terminate(), 5),
      }),
    () => void openRaw(target, tally, requestText({ Connection: 'close' }, '{"query":"{ __typename }"}')),
  ]
  keepOn(CHURN_A_SECOND, (count) => kinds[count % kinds.length]?.())
}

const CHURN_A_SECOND = 200

function resetAfter(socket: ReturnType<typeof openRaw>): void {
  socket.once('connect', () => setTimeout(() => socket.resetAndDestroy(), 5))
}
