import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { communityFolderOf, dataPathOf, heldPathOf } from '../../../src/archives/archive-paths.ts'
import { chooseGeneration, type ChosenGeneration } from '../../../src/archives/receiving/choose-generation.ts'
import { prepareGeneration } from '../../../src/archives/receiving/prepare-generation.ts'
import { heldRangesOf, readHeldPieces } from '../../../src/formats/held-pieces.ts'
import { pieceOf, versionOf, writeGeneration } from '../../support/held-generation.ts'
import { PUBLISHED_BY, SHORT_PIECE } from '../../support/published-version.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const SIX = versionOf('abcdef').torrent

/** Generations by number, each with the pieces that it holds. */
function archivesWith(generations: Readonly<Record<number, string>>): string {
  const archivesDir = createTemporaryFolder()
  for (const [generation, letters] of Object.entries(generations)) {
    writeGeneration(archivesDir, Number(generation), letters)
  }
  return archivesDir
}

async function chosenAmong(generations: Readonly<Record<number, string>>): Promise<ChosenGeneration> {
  return chooseGeneration(archivesWith(generations), SIX)
}

async function heldNow(archivesDir: string, { heldPath }: ChosenGeneration): Promise<unknown> {
  return [await chooseGeneration(archivesDir, SIX), heldRangesOf(await readHeldPieces(heldPath), SIX)]
}

describe('the generation of a torrent', () => {
  test('is the first where nothing is here, not even the folder', async () => {
    const archivesDir = createTemporaryFolder()
    expect(await chooseGeneration(archivesDir, SIX)).toEqual({
      generation: 1,
      dataPath: dataPathOf(archivesDir, PUBLISHED_BY, 1),
      heldPath: heldPathOf(archivesDir, PUBLISHED_BY, 1),
      heldPieces: 0,
      copies: [],
      copiedPieces: 0,
    })
  })

  test.each<[string, Readonly<Record<number, string>>, number, number]>([
    ['that holds the most of it', { 1: 'ab', 2: 'abcd', 3: 'a' }, 2, 4],
    ['that holds pieces behind its end besides', { 1: 'abcdefgh' }, 1, 6],
    ['that holds nothing in its place', { 1: '      gh' }, 1, 0],
    ['that holds less but nothing else', { 1: 'abcdeX', 2: ' b' }, 2, 1],
    ['that was begun last, where they hold the same', { 1: 'ab', 2: 'ab' }, 2, 2],
    ['that is new, where each holds something else', { 1: 'abcdeX', 2: 'X' }, 3, 0],
  ])('is the one %s', async (_, generations, generation, heldPieces) => {
    expect(await chosenAmong(generations)).toMatchObject({ generation, heldPieces })
  })

  test('is none that was packed here, whose number is not taken either', async () => {
    const archivesDir = archivesWith({ 1: 'abcdef' })
    rmSync(heldPathOf(archivesDir, PUBLISHED_BY, 1))
    expect(await chooseGeneration(archivesDir, SIX)).toMatchObject({ generation: 2, copies: [] })
  })

  test('is none below the lowest that may be written, whose pieces are copied', async () => {
    const archivesDir = archivesWith({ 1: 'abcdef', 2: 'a' })
    expect(await chooseGeneration(archivesDir, SIX, 2)).toMatchObject({ generation: 2, copiedPieces: 5 })
    expect(await chooseGeneration(archivesDir, SIX, 3)).toMatchObject({ generation: 3, copiedPieces: 6 })
    expect(await chooseGeneration(archivesDir, SIX, 9)).toMatchObject({ generation: 9, copiedPieces: 6 })
  })

  test.each([
    ['shorter than the note says', 6 * SHORT_PIECE - 1],
    ['gone', null],
  ])('is none whose data is %s', async (_, length) => {
    const archivesDir = archivesWith({ 1: 'abcdef' })
    if (length === null) rmSync(dataPathOf(archivesDir, PUBLISHED_BY, 1))
    else truncateSync(dataPathOf(archivesDir, PUBLISHED_BY, 1), length)
    expect(await chooseGeneration(archivesDir, SIX)).toMatchObject({ generation: 2, copies: [] })
  })

  test('does not mind what else is in the folder', async () => {
    const archivesDir = archivesWith({ 1: 'ab' })
    const folder = communityFolderOf(archivesDir, PUBLISHED_BY)
    for (const name of ['data.0', 'data.01', 'held.x', 'data.9.partial']) writeFileSync(join(folder, name), '')
    mkdirSync(join(folder, 'ab'.repeat(20)))
    expect(await chooseGeneration(archivesDir, SIX)).toMatchObject({ generation: 1 })
  })

  test('gets from others what it lacks, each piece once', async () => {
    const archivesDir = archivesWith({ 1: 'abcXX', 2: 'ab  ef', 3: ' bcX f' })
    const dataPath = (generation: number): string => dataPathOf(archivesDir, PUBLISHED_BY, generation)
    expect(await chooseGeneration(archivesDir, SIX)).toMatchObject({
      generation: 2,
      heldPieces: 4,
      copiedPieces: 1,
      copies: [{ dataPath: dataPath(3), ranges: [{ from: 2, to: 3 }] }],
    })
  })
})

describe('preparing a generation', () => {
  test('makes its files, so that the next choice is the same', async () => {
    const archivesDir = createTemporaryFolder()
    const chosen = await chooseGeneration(archivesDir, SIX)
    expect(await prepareGeneration(chosen, SIX)).toBe(0)
    expect(readdirSync(communityFolderOf(archivesDir, PUBLISHED_BY))).toEqual(['data.1', 'held.1'])
    expect(await chooseGeneration(archivesDir, SIX)).toEqual(chosen)
  })

  test('copies what others hold, and leaves theirs as it is', async () => {
    const archivesDir = archivesWith({ 1: 'abXd', 2: 'X   e' })
    const before = [1, 2].map((generation) => readFileSync(dataPathOf(archivesDir, PUBLISHED_BY, generation)))
    const chosen = await chooseGeneration(archivesDir, SIX)
    expect(chosen).toMatchObject({ generation: 3, copiedPieces: 4 })
    expect(await prepareGeneration(chosen, SIX)).toBe(4)
    const held = [
      { from: 0, to: 2 },
      { from: 3, to: 5 },
    ]
    const done = { ...chosen, heldPieces: 4, copies: [], copiedPieces: 0 }
    expect(await heldNow(archivesDir, chosen)).toEqual([done, held])
    const hole = new Uint8Array(SHORT_PIECE)
    const expected = Buffer.concat([pieceOf('a'), pieceOf('b'), hole, pieceOf('d'), pieceOf('e')])
    expect(readFileSync(chosen.dataPath)).toEqual(expected)
    expect([1, 2].map((generation) => readFileSync(dataPathOf(archivesDir, PUBLISHED_BY, generation)))).toEqual(before)
  })

  test('does not copy a piece that is damaged', async () => {
    const archivesDir = archivesWith({ 1: 'abX' })
    writeFileSync(dataPathOf(archivesDir, PUBLISHED_BY, 1), Buffer.concat(['a', 'c', 'X'].map(pieceOf)))
    const chosen = await chooseGeneration(archivesDir, SIX)
    expect(await prepareGeneration(chosen, SIX)).toBe(1)
    expect(heldRangesOf(await readHeldPieces(chosen.heldPath), SIX)).toEqual([{ from: 0, to: 1 }])
  })

  test('goes on where it broke off, in the generation that it had begun', async () => {
    const archivesDir = archivesWith({ 1: 'abcdeX' })
    const chosen = await chooseGeneration(archivesDir, SIX)
    const reason = new Error('broken off')
    await expect(prepareGeneration(chosen, SIX, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(readdirSync(communityFolderOf(archivesDir, PUBLISHED_BY))).toContain('held.2')
    expect(await chooseGeneration(archivesDir, SIX)).toEqual(chosen)
    // As far as a crash after the third piece would have come.
    writeGeneration(archivesDir, 2, 'abc')
    const again = await chooseGeneration(archivesDir, SIX)
    expect(again).toMatchObject({ generation: 2, heldPieces: 3, copiedPieces: 2 })
    expect(await prepareGeneration(again, SIX)).toBe(2)
    expect(heldRangesOf(await readHeldPieces(again.heldPath), SIX)).toEqual([{ from: 0, to: 5 }])
  })
})
