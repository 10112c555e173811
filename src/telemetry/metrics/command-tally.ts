/** What became of commands of one kind. */
export interface CommandCount {
  readonly command: string
  readonly outcome: 'accepted' | 'refused' | 'fault'
  /** Of the refusal; empty for what was not refused. */
  readonly code: string
  readonly count: number
}

interface Counts {
  accepted: number
  fault: number
  readonly refused: Map<string, number>
}

/** Counts commands: in plain numbers, as a library's counters cost more than a command of a group has to spare. */
export class CommandTally {
  readonly #counts = new Map<string, Counts>()

  accepted(command: string): void {
    this.#of(command).accepted += 1
  }

  refused(command: string, code: string): void {
    const { refused } = this.#of(command)
    refused.set(code, (refused.get(code) ?? 0) + 1)
  }

  fault(command: string): void {
    this.#of(command).fault += 1
  }

  /** All that was counted since the start. */
  counts(): readonly CommandCount[] {
    return [...this.#counts].flatMap(([command, { accepted, refused, fault }]) => [
      ...(accepted > 0 ? [{ command, outcome: 'accepted', code: '', count: accepted } as const] : []),
      ...[...refused].map(([code, count]) => ({ command, outcome: 'refused', code, count }) as const),
      ...(fault > 0 ? [{ command, outcome: 'fault', code: '', count: fault } as const] : []),
    ])
  }

  #of(command: string): Counts {
    let counts = this.#counts.get(command)
    if (counts === undefined) {
      counts = { accepted: 0, fault: 0, refused: new Map() }
      this.#counts.set(command, counts)
    }
    return counts
  }
}
