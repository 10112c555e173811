import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { cutIntoChunks } from '../../../src/archives/packing/chunks.ts'
import { decodeIndex } from '../../../src/archives/archive-index.ts'
import { CHUNK_BYTES } from '../../../src/domain/archive.ts'
import type { Message } from '../../../src/domain/message.ts'
import { decodeMessage, encodeMessage, type EncodedMessage } from '../../../src/formats/message-encoding.ts'
import { encodedMessage } from '../../support/encoded-message.ts'
import { readGoldenCase } from '../../support/golden.ts'
import { importArchives, importIdOf, type SampleArchive } from '../../support/sample-archive.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { openTemporaryStore, wholeRange } from '../../support/temporary-message-store.ts'
import { valueOf } from '../../support/value-of.ts'

test('two archives of one range take nothing from each other, in whichever order they are imported', async () => {
  const { messages, topics, archives } = readTwoChunks()
  expect(archives.map((archive) => archive.messages.length)).toEqual([2, 2])
  expect(new Set(archives.map(({ from, to }) => `${from} ${to}`)).size).toBe(1)

  for (const order of [archives, archives.toReversed()]) {
    const { store } = openTemporaryStore(createTemporaryFolder())
    expect(await importArchives(store, importIdOf(1), order, archives)).toBe(0)
    const found = [...store.readRange(wholeRange({ topics }))].map(({ bytes }) => digestOf(bytes))
    expect(found).toEqual(messages.map((message) => digestOf(encodeMessage(message))))
    await store.close()
  }
})

/** The archives of the golden case, by its index, with the messages that the packer puts into them. */
function readTwoChunks(): {
  readonly messages: readonly Message[]
  readonly topics: SampleArchive['contentTopics']
  readonly archives: readonly SampleArchive[]
} {
  const { topics, steps } = readGoldenCase('two-chunks')
  const { messages, written } = steps[0] ?? { messages: [], written: null }
  if (written === null) throw new Error('The golden case "two-chunks" has no index')
  const chunks: EncodedMessage[][] = []
  for (const { message, startsChunk } of cutIntoChunks(messages.map(encodedMessage), CHUNK_BYTES)) {
    if (startsChunk) chunks.push([])
    chunks.at(-1)?.push(message)
  }
  const index = valueOf(decodeIndex(written.index, written.dataBytes))
  const archives = index.map(({ id, metadata }, n) => {
    const own = (chunks[n] ?? []).map(({ bytes }) => valueOf(decodeMessage(bytes)))
    return { id, ...metadata, messages: own }
  })
  return { messages, topics, archives }
}

function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}
