import { readFileSync, rmSync, truncateSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkVersion } from '../../../src/archives/repair/check-version.ts'
import type { FileSteps } from '../../../src/archives/file-steps.ts'
import type { ReadMessagesOfRange } from '../../../src/archives/repair/recorded-messages.ts'
import { repairVersion, type RepairRequest, type VersionRepair } from '../../../src/archives/repair/repair-version.ts'
import type { Damage } from '../../../src/domain/damage.ts'
import { readTree } from '../../support/disk-on-disk.ts'
import { arbitraryFileDamage, damageFiles, EVERY_DAMAGE, flipByte } from '../../support/file-damage.ts'
import { archiveAt, historyOnDisk, pathsOf, PIECE_LENGTH, readStored } from '../../support/recorded-history.ts'
import { UNSYNCED } from '../../support/unsynced-file-steps.ts'
import { valueOf } from '../../support/value-of.ts'

function damageOf(recorded: RepairRequest): Damage {
  const { damage } = valueOf(checkVersion(recorded, { files: UNSYNCED }))
  if (damage === null) throw new Error('Nothing is damaged')
  return damage
}

function repair(recorded: RepairRequest, readMessages = readStored(), files: FileSteps = UNSYNCED): VersionRepair {
  return valueOf(repairVersion(recorded, damageOf(recorded), readMessages, { files }))
}

describe('a repair', () => {
  test.each(EVERY_DAMAGE)('brings every byte back after $kind of $path', (damage) => {
    const history = historyOnDisk()
    const { archivesDir } = history.second
    const undamaged = readTree(archivesDir)
    damageFiles(history, damage)
    const { index, torrentFile, archives } = damageOf(history.second)
    expect(repair(history.second)).toMatchObject({
      archives: archives.map((id) => ({ id, outcome: 'REPAIRED' })),
      index: index ? 'REPAIRED' : 'NOT_NEEDED',
      torrentFile: torrentFile ? 'REPAIRED' : 'NOT_NEEDED',
    })
    expect(checkVersion(history.second, { files: UNSYNCED })).toMatchObject({ value: { damage: null } })
    if (damage.path !== 'community') expect(readTree(archivesDir)).toEqual(undamaged)
  })

  test('brings every byte back after anything, and mends each version of the generation', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryFileDamage, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (damages, isReversed) => {
          const history = historyOnDisk()
          const { first, second } = history
          const undamaged = readTree(second.archivesDir)
          for (const damage of damages) damageFiles(history, damage)
          for (const recorded of isReversed ? [second, first] : [first, second]) {
            const { damage } = valueOf(checkVersion(recorded, { files: UNSYNCED }))
            if (damage !== null) repair(recorded)
            expect(checkVersion(recorded, { files: UNSYNCED })).toMatchObject({ value: { damage: null } })
          }
          expect(readTree(second.archivesDir)).toEqual(undamaged)
          rmSync(second.archivesDir, { recursive: true })
        },
      ),
      { numRuns: 40 },
    )
  })

  test('writes the bad pieces alone, once, and says how many', () => {
    const { second } = historyOnDisk()
    const { data } = pathsOf(second)
    const [one, other] = [archiveAt(second, 1), archiveAt(second, -1)]
    flipByte(data, one.offset)
    flipByte(data, one.offset + one.rawBytes)
    truncateSync(data, second.version.dataBytes - 1)
    const written: (readonly [number, number])[] = []
    const writeAt: FileSteps['writeAt'] = (file, bytes, position) => {
      written.push([position, bytes.length])
      return UNSYNCED.writeAt(file, bytes, position)
    }
    expect(repair(second, readStored(), { ...UNSYNCED, writeAt }).archives).toEqual([
      { id: one.id, outcome: 'REPAIRED', writtenPieces: 2 },
      { id: other.id, outcome: 'REPAIRED', writtenPieces: 1 },
    ])
    const lastPiece = one.offset + one.rawBytes + one.paddingBytes - PIECE_LENGTH
    expect(written).toEqual([
      [one.offset, PIECE_LENGTH],
      [lastPiece, PIECE_LENGTH],
      [second.version.dataBytes - PIECE_LENGTH, PIECE_LENGTH],
    ])
  })

  test('does so where no torrent file tells which pieces of an archive are bad', () => {
    const { second } = historyOnDisk()
    const { data, torrent } = pathsOf(second)
    const { id, offset } = archiveAt(second, 2)
    flipByte(data, offset)
    rmSync(torrent)
    expect(damageOf(second).pieceCount).toBeGreaterThan(1)
    expect(repair(second)).toEqual({
      archives: [{ id, outcome: 'REPAIRED', writtenPieces: 1 }],
      index: 'NOT_NEEDED',
      torrentFile: 'REPAIRED',
    })
  })

  test('mends a version up to its own end, whatever comes after it', () => {
    const { first, second } = historyOnDisk()
    const { data } = pathsOf(first)
    flipByte(data, first.version.dataBytes - 1)
    flipByte(data, first.version.dataBytes)
    repair(first)
    expect(damageOf(second).archives).toEqual([archiveAt(second, 6).id])
    rmSync(data)
    repair(first)
    expect(readFileSync(data)).toHaveLength(first.version.dataBytes)
  })

  test('writes all of a piece where the system takes less at a time', () => {
    const { second } = historyOnDisk()
    const undamaged = readTree(second.archivesDir)
    rmSync(pathsOf(second).data)
    const writeAt: FileSteps['writeAt'] = (file, bytes, position) =>
      UNSYNCED.writeAt(file, bytes.subarray(0, 100), position)
    repair(second, readStored(), { ...UNSYNCED, writeAt })
    expect(readTree(second.archivesDir)).toEqual(undamaged)
  })

  test('reads no message behind the last damaged archive of a range', () => {
    const { second } = historyOnDisk()
    const [first, next] = [archiveAt(second, 0), archiveAt(second, 1)]
    let read = 0
    const readMessages: ReadMessagesOfRange = function* (range) {
      for (const message of readStored()(range)) {
        read += 1
        yield message
      }
    }
    for (const { offset } of [first, next]) flipByte(pathsOf(second).data, offset)
    repair(second, readMessages)
    expect(read).toBe(2 * (first.messages + next.messages))
  })

  test('asks for the messages of damaged archives alone, as they were recorded then', () => {
    const { second } = historyOnDisk()
    const asked = new Set<string>()
    const readMessages: ReadMessagesOfRange = (range) => {
      const { from, to, recordedAfter, recordedUpTo } = range
      asked.add([from, to, recordedAfter, recordedUpTo].join())
      return readStored()(range)
    }
    for (const index of [0, 6, -2, -1]) flipByte(pathsOf(second).data, archiveAt(second, index).offset)
    repair(second, readMessages)
    expect([...asked]).toEqual(['0,50,0,100', '100,150,0,182', '10,40,100,182', '60,62,100,182'])
  })
})
