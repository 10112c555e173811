import type { ReadChained } from '../events/chained-rows.ts'
import { genesisLink, leafHash, nextLink } from '../events/hash-chain.ts'
import { createMerkleTree } from '../events/merkle-tree.ts'
import { BEFORE_ALL, type LogId, type Position } from '../events/recorded-event.ts'

/** What heads and proofs are computed from. */
export interface ChainedLog {
  readonly logId: LogId
  readonly readChained: ReadChained
}

/** The log at a size, as its events make it, and not as anything that is stored beside them says. */
export interface LogHead {
  readonly size: number
  /** 32 bytes in hex. */
  readonly root: string
  /** 32 bytes in hex. */
  readonly link: string
  /** Whether the link that is stored with the last event is this one: if not, an event was altered. */
  readonly isStored: boolean
}

/** The heads at the sizes that were asked for, as far as the log goes. */
export interface LogHeads {
  readonly at: ReadonlyMap<number, LogHead>
  /** How many events there are without a gap, up to the largest size that was asked for. */
  readonly reached: number
}

/**
 * Computes Merkle root and link at several sizes in one reading of the log, in constant memory.
 *
 * Every leaf and link is computed anew from the events. Positions have no gaps, so the event at position n is leaf n − 1.
 */
export async function computeLogHeads(log: ChainedLog, sizes: readonly number[]): Promise<LogHeads> {
  const at = new Map<number, LogHead>()
  const wanted = new Set(sizes)
  const tree = createMerkleTree()
  let link: Uint8Array = genesisLink(log.logId)
  const note = (storedLink: Uint8Array): void => {
    const { size } = tree
    if (!wanted.has(size)) return
    at.set(size, {
      size,
      root: hexOf(tree.root()),
      link: hexOf(link),
      isStored: Buffer.compare(link, storedLink) === 0,
    })
  }
  note(link)
  for await (const page of log.readChained(BEFORE_ALL, Math.max(0, ...sizes) as Position)) {
    for (const { row, link: storedLink } of page) {
      if (row[0] !== tree.size + 1) return { at, reached: tree.size }
      const leaf = leafHash(row)
      link = nextLink(link, leaf)
      tree.add(leaf)
      note(storedLink)
    }
  }
  return { at, reached: tree.size }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
