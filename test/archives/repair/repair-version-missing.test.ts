import { existsSync, readFileSync, rmSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkVersion } from '../../../src/archives/repair/check-version.ts'
import type { ReadMessagesOfRange } from '../../../src/archives/repair/recorded-messages.ts'
import type { RecordedArchive } from '../../../src/archives/repair/recorded-version.ts'
import { repairVersion, type RepairRequest, type VersionRepair } from '../../../src/archives/repair/repair-version.ts'
import type { ArchiveId } from '../../../src/domain/archive.ts'
import type { Message } from '../../../src/domain/message.ts'
import type { EncodedMessage } from '../../../src/formats/message-encoding.ts'
import { decodedMessage, encodedMessage } from '../../support/encoded-message.ts'
import { readTree } from '../../support/disk-on-disk.ts'
import { flipByte } from '../../support/file-damage.ts'
import {
  archiveAt,
  historyOnDisk,
  isSameRange,
  messagesIn,
  pathsOf,
  PIECE_LENGTH,
  readStored,
} from '../../support/recorded-history.ts'
import { UNSYNCED } from '../../support/unsynced-file-steps.ts'
import { valueOf } from '../../support/value-of.ts'

function repair(recorded: RepairRequest, readMessages: ReadMessagesOfRange): VersionRepair {
  const { damage } = valueOf(checkVersion(recorded, { files: UNSYNCED }))
  if (damage === null) throw new Error('Nothing is damaged')
  return valueOf(repairVersion(recorded, damage, readMessages, { files: UNSYNCED }))
}

function withOutcome({ archives }: VersionRepair, wanted: string): readonly ArchiveId[] {
  return archives.filter(({ outcome }) => outcome === wanted).map(({ id }) => id)
}

/** Reads what is stored, without these. */
function readWithout(missing: ReadonlySet<Message>): ReadMessagesOfRange {
  return readStored(({ message }) => missing.has(message))
}

function changed(message: EncodedMessage, fields: Partial<Message>): EncodedMessage {
  return encodedMessage({ ...decodedMessage(message), ...fields })
}

/** Archives that lose messages, at most one of each range, and which of its messages. */
const arbitraryLosses = fc.array(
  fc.record({ archive: fc.nat(100), messages: fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }) }),
  { minLength: 1, maxLength: 4 },
)

describe('a repair without all messages', () => {
  test('names exactly the archives that lack some, mends all else, and mends these once they are back', () => {
    fc.assert(
      fc.property(arbitraryLosses, fc.constantFrom('community', 'data'), (losses, gone) => {
        const { second } = historyOnDisk()
        const { archives, archivesDir } = second
        const undamaged = readTree(archivesDir)
        const missing = new Set<Message>()
        const lost: RecordedArchive[] = []
        for (const { archive: number, messages } of losses) {
          const archive = archives[number % archives.length]
          if (archive === undefined || lost.some((other) => isSameRange(other, archive))) continue
          lost.push(archive)
          for (const message of messages) {
            const found = messagesIn(archive, second)[message % archive.entry.messages]
            if (found !== undefined) missing.add(found)
          }
        }
        rmSync(pathsOf(second)[gone], { recursive: true })
        const repaired = repair(second, readWithout(missing))
        const lostIds = archives.filter((archive) => lost.includes(archive)).map(({ entry }) => entry.id)
        expect(withOutcome(repaired, 'MESSAGES_MISSING')).toEqual(lostIds)
        expect(withOutcome(repaired, 'REPAIRED')).toHaveLength(archives.length - lostIds.length)
        expect(repaired).toMatchObject(
          gone === 'data' ? { index: 'NOT_NEEDED' } : { index: 'REPAIRED', torrentFile: 'NOT_POSSIBLE' },
        )
        expect(valueOf(checkVersion(second, { files: UNSYNCED })).damage).toMatchObject({
          archives: lostIds,
          index: false,
        })
        repair(second, readStored())
        expect(checkVersion(second, { files: UNSYNCED })).toMatchObject({ value: { damage: null } })
        if (gone === 'data') expect(readTree(archivesDir)).toEqual(undamaged)
        rmSync(archivesDir, { recursive: true })
      }),
      { numRuns: 30 },
    )
  })

  test('writes nothing of an archive that lacks one, and makes no empty files', () => {
    const { second } = historyOnDisk()
    const { community } = pathsOf(second)
    rmSync(community, { recursive: true })
    const repaired = repair({ ...second, archives: second.archives.map(withOtherTopics) }, () => [])
    expect(withOutcome(repaired, 'MESSAGES_MISSING')).toHaveLength(second.archives.length)
    expect(repaired).toMatchObject({ index: 'NOT_POSSIBLE', torrentFile: 'NOT_POSSIBLE' })
    expect(existsSync(community)).toBe(false)
  })

  test('leaves an archive alone that differs in one message only', () => {
    const { second } = historyOnDisk()
    const { data } = pathsOf(second)
    const { id, offset } = archiveAt(second, 0)
    flipByte(data, offset)
    const before = readFileSync(data)
    const readMessages: ReadMessagesOfRange = (range) =>
      [...readStored()(range)].map((message, index) =>
        index === 7 ? changed(message, { sig: new Uint8Array(4) }) : message,
      )
    expect(repair(second, readMessages).archives).toEqual([{ id, outcome: 'MESSAGES_MISSING', writtenPieces: 0 }])
    expect(readFileSync(data)).toEqual(before)
  })

  test('believes no message that has changed since it was looked at', () => {
    const { second } = historyOnDisk()
    const { data } = pathsOf(second)
    const undamaged = readFileSync(data)
    const { id, offset } = archiveAt(second, 0)
    flipByte(data, offset)
    flipByte(data, offset + 3 * PIECE_LENGTH)
    let reads = 0
    const readMessages: ReadMessagesOfRange = (range) => {
      reads += 1
      const messages = [...readStored()(range)]
      return reads === 1 ? messages : messages.map((message) => changed(message, { payload: new Uint8Array(20) }))
    }
    // The last piece is padding for the most part, and begins before it.
    expect(repair(second, readMessages).archives).toEqual([{ id, outcome: 'MESSAGES_MISSING', writtenPieces: 0 }])
    flipByte(data, offset)
    flipByte(data, offset + 3 * PIECE_LENGTH)
    expect(readFileSync(data)).toEqual(undamaged)
  })
})

describe('a repair of what the log cannot make again', () => {
  test.each([true, false])('makes no index but the recorded one; with a torrent file: %s', (hasTorrent) => {
    const { second } = historyOnDisk()
    const { index, torrent } = pathsOf(second)
    rmSync(index)
    if (!hasTorrent) rmSync(torrent)
    const others: readonly RepairRequest[] = [
      { ...second, archives: second.archives.map(withOtherTopics) },
      { ...second, version: { ...second.version, indexBytes: second.version.indexBytes + 1 } },
    ]
    for (const recorded of others) {
      expect(repair(recorded, readStored())).toMatchObject({ archives: [], index: 'NOT_POSSIBLE' })
      expect(existsSync(index)).toBe(false)
      expect(existsSync(torrent)).toBe(hasTorrent)
    }
  })
})

/** The same topics in another order make an index of the same length. */
function withOtherTopics(archive: RecordedArchive): RecordedArchive {
  return { ...archive, contentTopics: archive.contentTopics.toReversed() }
}
