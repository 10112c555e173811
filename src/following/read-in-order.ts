import type { WebSocket } from 'ws'

/** The messages of a socket, handled one after the other. */
export interface ReadInOrder {
  /** Settles when no message is being handled. The others are dropped. Never rejects. */
  stop(): Promise<void>
}

/**
 * Handles what comes in one by one, and reads nothing from the network meanwhile: what the other side sends faster than
 * it is handled waits on its side.
 *
 * @param receive Null: a binary message.
 * @param fail Is told what `receive` throws.
 */
export function readInOrder(
  socket: WebSocket,
  receive: (text: string | null) => Promise<void>,
  fail: (fault: unknown) => void,
): ReadInOrder {
  let waiting = 0
  let isStopped = false
  let last = Promise.resolve()

  async function handle(text: string | null): Promise<void> {
    try {
      if (!isStopped) await receive(text)
    } catch (fault) {
      fail(fault)
    }
    waiting -= 1
    if (waiting === 0) socket.resume()
  }

  socket.on('message', (data, isBinary) => {
    waiting += 1
    socket.pause()
    const text = !isBinary && Buffer.isBuffer(data) ? data.toString() : null
    last = last.then(async () => handle(text))
  })

  return {
    stop: async () => {
      isStopped = true
      await last
    },
  }
}
