import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { communityFolderOf, dataPathOf, heldPathOf } from '../../src/archives/archive-paths.ts'
import { PUBLISHED_BY, SHORT_PIECE, publish, type PublishedVersion } from './published-version.ts'

const NOT_HELD = Buffer.alloc(20)

/** A piece that is told from others by its letter. */
export function pieceOf(letter: string): Uint8Array {
  return Buffer.alloc(SHORT_PIECE, letter)
}

/** A version whose `data` consists of these pieces, a letter each. */
export function versionOf(letters: string): PublishedVersion {
  return publish(Buffer.concat(letters.split('').map(pieceOf)), Buffer.from('index'))
}

/** Writes a generation that holds these pieces, a letter each; a space is one that is not held. */
export function writeGeneration(archivesDir: string, generation: number, letters: string): void {
  mkdirSync(communityFolderOf(archivesDir, PUBLISHED_BY), { recursive: true })
  const pieces = letters.split('').map(pieceOf)
  const held = pieces.map((piece, index) => (letters[index] === ' ' ? NOT_HELD : sha1(piece)))
  writeFileSync(dataPathOf(archivesDir, PUBLISHED_BY, generation), Buffer.concat(pieces))
  writeFileSync(heldPathOf(archivesDir, PUBLISHED_BY, generation), Buffer.concat(held))
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest()
}
