import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Answers the requests of one connection one after the other, as their answers go out: who sends many at once (pipelining) has
 * one carried out at a time.
 */
export function createInTurn(): (socket: Socket, response: ServerResponse, work: () => Promise<void>) => void {
  const answered = new WeakMap<Socket, Promise<void>>()
  return (socket, response, work) => {
    const before = answered.get(socket)
    const closed = new Promise<void>((resolve) => response.once('close', resolve))
    answered.set(socket, closed)
    if (before === undefined) void work()
    else void before.then(async () => (socket.destroyed ? undefined : work()))
  }
}
