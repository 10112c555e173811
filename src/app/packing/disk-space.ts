import type { Result } from '../../domain/result.ts'
import type { DiskTooFull, NodeQuotaExceeded } from '../../graphql/wishes.ts'
import { checkDiskUse, UNBOUNDED_DISK_USE, type ReadDiskUse } from './disk-use.ts'

/** What one download has been granted and has not written yet. It is given back at the end. */
export interface DiskClaim extends Disposable {
  /** Asks for so many bytes, in place of what it had. Where they are refused it has what it had. */
  ask(bytes: number, readFreeBytes: () => Promise<number>): Promise<Result<null, DiskTooFull | NodeQuotaExceeded>>
  /** So many of them are on the disk now. */
  written(bytes: number): void
}

/** The room on the disk of a node, of which whatever was granted to one is not granted to another. */
export class DiskSpace {
  readonly #readUse: ReadDiskUse
  readonly #claimed = new Map<DiskClaim, number>()

  /** @param readUse What the node takes and may; no bounds where nothing is said. */
  constructor(readUse: ReadDiskUse = async () => UNBOUNDED_DISK_USE) {
    this.#readUse = readUse
  }

  /** What the node takes and may, and what is claimed of the rest. */
  readonly readUse: ReadDiskUse = async () => {
    const use = await this.#readUse()
    return { ...use, claimedBytes: this.#claimedBytes() }
  }

  /** Opens a claim, of nothing. */
  open(): DiskClaim {
    const claim: DiskClaim = {
      ask: async (bytes, readFreeBytes) => {
        const [freeBytes, use] = [await readFreeBytes(), await this.#readUse()]
        // From here on in one go: two that ask in the same moment know of each other.
        const room = checkDiskUse(bytes, freeBytes, { ...use, claimedBytes: this.#claimedBytes(claim) })
        if (room.ok) this.#claimed.set(claim, bytes)
        return room
      },
      written: (bytes) => {
        this.#claimed.set(claim, Math.max(0, (this.#claimed.get(claim) ?? 0) - bytes))
      },
      [Symbol.dispose]: () => {
        this.#claimed.delete(claim)
      },
    }
    return claim
  }

  #claimedBytes(own?: DiskClaim): number {
    return this.#claimed.entries().reduce((sum, [claim, bytes]) => sum + (claim === own ? 0 : bytes), 0)
  }
}
