import type { ArchiveId } from '../../src/domain/archive.ts'
import type { Message } from '../../src/domain/message.ts'
import type { SampleArchive } from './sample-archive.ts'

/** What a member's messages should be: lists in memory, gone through from end to end at each step. */
export class CanonicalModel {
  /** By name. */
  messages = new Map<string, Message>()
  imported = new Set<ArchiveId>()
  /** What the newest import removed. */
  #removed = new Map<string, Message>()
  #restored = 0

  /** Begins an import of an archive: what was taken over of it before may have been other content. */
  begin({ id }: SampleArchive): void {
    this.imported.delete(id)
    this.#removed = new Map()
    this.#restored = 0
  }

  /** Returns how many messages were not there. */
  add(messages: readonly Message[]): number {
    const before = this.messages.size
    for (const message of messages) {
      if (!this.messages.has(message.thirdPartyId)) this.messages.set(message.thirdPartyId, message)
    }
    return this.messages.size - before
  }

  /** Imports an archive that was written. Returns how many messages had to go. */
  finish(archive: SampleArchive, index: readonly SampleArchive[], all: readonly SampleArchive[]): number {
    this.imported.add(archive.id)
    const gone = [...this.messages].filter(([, message]) => isStray(message, archive, index, this.imported))
    for (const [name, message] of gone) {
      this.messages.delete(name)
      this.#removed.set(name, message)
      for (const former of all) if (holds(former, message)) this.imported.delete(former.id)
    }
    return gone.length
  }

  /** Returns how many messages are back since the newest import, or were. */
  undo(): number {
    this.#restored += this.add([...this.#removed.values()])
    this.#removed = new Map()
    return this.#restored
  }
}

function isStray(
  message: Message,
  archive: SampleArchive,
  index: readonly SampleArchive[],
  imported: ReadonlySet<ArchiveId>,
): boolean {
  const covering = index.filter(({ from, to, contentTopics }) => {
    const { timestamp, topic } = message
    return timestamp >= from && timestamp < to && contentTopics.includes(topic)
  })
  return covering.some((each) => {
    const overlapping = index.filter((other) => overlap(each, other))
    const isComplete = overlapping.every(({ id }) => imported.has(id))
    return overlapping.includes(archive) && isComplete && !overlapping.some((other) => holds(other, message))
  })
}

function overlap(one: SampleArchive, other: SampleArchive): boolean {
  return Math.max(one.from, other.from) < Math.min(one.to, other.to)
}

function holds({ messages }: SampleArchive, { thirdPartyId }: Message): boolean {
  return messages.some((message) => message.thirdPartyId === thirdPartyId)
}
