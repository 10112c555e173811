/** A part of a torrent that is asked for, in bytes from its beginning. */
export interface RequestedBlock {
  readonly start: number
  readonly length: number
  /** Told once, of all of it. */
  readonly give: (bytes: Buffer) => void
}

/** Blocks of one file that follow one another, asked for at once. */
export interface RequestedRun {
  readonly from: number
  readonly to: number
  /** Takes the bytes of it, in order; gives each block as soon as it is whole. */
  take(bytes: Buffer): void
  /** The blocks that were not given. */
  missing(): readonly RequestedBlock[]
}

/** So many blocks, each at most a piece, are asked for at once. */
const MOST_BLOCKS = 4

/** What a web seed is asked for and has not begun to give. */
export class RequestedBlocks {
  #blocks: RequestedBlock[] = []

  add(block: RequestedBlock): void {
    this.#blocks.push(block)
  }

  clear(): void {
    this.#blocks = []
  }

  /**
   * Takes the block that was asked for first, and those that follow it in its file.
   *
   * @returns Null where nothing is asked for.
   */
  next(fileAt: (start: number) => { readonly offset: number; readonly length: number }): RequestedRun | null {
    const [first] = this.#blocks
    if (first === undefined) return null
    const file = fileAt(first.start)
    const run: RequestedBlock[] = []
    for (let end = first.start; run.length < MOST_BLOCKS && end < file.offset + file.length;) {
      const block = this.#blocks.find(({ start }) => start === end)
      if (block === undefined) break
      run.push(block)
      end += block.length
    }
    this.#blocks = this.#blocks.filter((block) => !run.includes(block))
    return runOf(run)
  }
}

function runOf(blocks: readonly RequestedBlock[]): RequestedRun {
  const from = blocks[0]?.start ?? 0
  const waiting = [...blocks]
  // Copied as it comes: kept as they are, chunks of a byte would take a hundred times their length.
  let whole: Buffer | null = null
  let came = 0
  return {
    from,
    to: blocks.reduce((end, { length }) => end + length, from),
    missing: () => waiting,
    take(bytes) {
      let rest = bytes
      for (let [block] = waiting; block !== undefined && rest.length > 0; [block] = waiting) {
        const part = rest.subarray(0, block.length - came)
        whole ??= Buffer.allocUnsafeSlow(block.length)
        came += part.copy(whole, came)
        rest = rest.subarray(part.length)
        if (came < block.length) return
        waiting.shift()
        block.give(whole)
        whole = null
        came = 0
      }
    },
  }
}
