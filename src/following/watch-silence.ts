import { WebSocket } from 'ws'

/** How much may wait to be sent, in bytes: all that another node is ever sent is short. */
const MAX_UNREAD_BYTES = 65_536

/** Whether the other side leaves too much unread to send more. */
export function isUnread(socket: WebSocket): boolean {
  return socket.bufferedAmount > MAX_UNREAD_BYTES
}

/**
 * Notices when nothing is heard for a time: no message, and no answer to a ping. Answers pings, too.
 *
 * @param fail Is called where nothing is heard, or pings are sent and their answers not read.
 * @returns Ends it.
 */
export function watchSilence(socket: WebSocket, silenceMs: number, fail: () => void): () => void {
  let isSilent = false
  const heard = (): void => {
    isSilent = false
  }
  const timer = setInterval(() => {
    if (isSilent) fail()
    // Nothing is read while a message is handled: that silence is this node's own.
    isSilent = !socket.isPaused
    if (socket.readyState === WebSocket.OPEN) socket.ping()
  }, silenceMs)
  socket.on('message', heard)
  socket.on('pong', heard)
  socket.on('ping', (data) => {
    heard()
    if (isUnread(socket)) fail()
    else if (socket.readyState === WebSocket.OPEN) socket.pong(data)
  })
  return () => clearInterval(timer)
}
