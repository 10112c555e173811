import type { FileHandle } from 'node:fs/promises'

/** One line of a file, without its line feed. */
export interface Line {
  /** 1 for the first line. */
  readonly line: number
  /** Where it ends in the file, its line feed included, in bytes. */
  readonly end: number
  /** Its bytes; null when there were more than allowed, which are skipped. */
  readonly bytes: Buffer | null
}

const BLOCK_BYTES = 262_144
const LINE_FEED = 0x0a

/**
 * Cuts a file into lines, from its beginning, a block at a time.
 *
 * @param maxBytes The longest line that is given out. No more than that is held in memory.
 * @throws When the file cannot be read.
 */
export async function* splitLines(file: FileHandle, maxBytes: number): AsyncGenerator<readonly Line[], void> {
  const splitter = createSplitter(maxBytes)
  for (let offset = 0; ;) {
    // A new block each time, because lines of the block before may still be in use.
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(BLOCK_BYTES), 0, BLOCK_BYTES, offset)
    if (bytesRead === 0) break
    offset += bytesRead
    yield splitter.push(buffer.subarray(0, bytesRead))
  }
  yield splitter.end()
}

interface Splitter {
  /** The lines that end in this block. */
  push(block: Buffer): readonly Line[]
  /** The last line, if no line feed ended it. */
  end(): readonly Line[]
}

function createSplitter(maxBytes: number): Splitter {
  let line = 0
  let offset = 0
  let pending: Buffer[] = []
  let pendingBytes = 0

  function hold(part: Buffer): void {
    pendingBytes += part.length
    if (pendingBytes > maxBytes) pending = []
    else if (part.length > 0) pending.push(part)
  }

  function take(): Line {
    const [only, ...more] = pending
    const whole = only !== undefined && more.length === 0 ? only : Buffer.concat(pending)
    const bytes = pendingBytes > maxBytes ? null : whole
    pending = []
    pendingBytes = 0
    line += 1
    return { line, end: offset, bytes }
  }

  return {
    push(block) {
      const lines: Line[] = []
      let start = 0
      for (let feed = block.indexOf(LINE_FEED); feed !== -1; feed = block.indexOf(LINE_FEED, start)) {
        hold(block.subarray(start, feed))
        offset += feed + 1 - start
        start = feed + 1
        lines.push(take())
      }
      hold(block.subarray(start))
      offset += block.length - start
      return lines
    },
    end: () => (pendingBytes > 0 ? [take()] : []),
  }
}
