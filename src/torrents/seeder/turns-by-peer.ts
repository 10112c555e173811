import type Wire from 'bittorrent-protocol'

/** A block that a peer asked for, and that waits to be given. */
export interface HeldBlock {
  readonly wire: Wire
  readonly bytes: number
  /** False once the peer took it back, was choked or is gone. */
  isWanted(): boolean
  /** Has it read and sent. */
  give(): void
}

/** Blocks of several peers, who come one after the other, however many blocks each asks for. */
export class TurnsByPeer {
  readonly #queues = new Map<Wire, HeldBlock[]>()

  add(block: HeldBlock): void {
    const queue = this.#queues.get(block.wire)
    if (queue === undefined) this.#queues.set(block.wire, [block])
    else queue.push(block)
  }

  /** Takes the next one that is still wanted; undefined where there is none. */
  next(): HeldBlock | undefined {
    for (const [wire, queue] of this.#queues) {
      const block = nextWanted(queue)
      // The peer goes to the end of the line, or leaves it.
      this.#queues.delete(wire)
      if (queue.length > 0) this.#queues.set(wire, queue)
      if (block !== undefined) return block
    }
    return undefined
  }
}

function nextWanted(queue: HeldBlock[]): HeldBlock | undefined {
  for (let block = queue.shift(); block !== undefined; block = queue.shift()) if (block.isWanted()) return block
  return undefined
}
