import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proveConsistency, proveEvent } from '../../src/audit/prove-event.ts'
import { EventReader } from '../../src/events/event-reader.ts'
import type { Position } from '../../src/events/recorded-event.ts'
import { join } from 'node:path'
import { recursiveConsistency, recursivePath, recursiveRoot } from '../support/recursive-merkle-tree.ts'
import { copyRewritten } from '../support/rewritten-log.ts'
import { createSignedHistory, type SignedHistory } from '../support/signed-history.ts'
import { valueOf } from '../support/value-of.ts'

let history: SignedHistory
let log: EventReader
let leaves: readonly Uint8Array[]
beforeAll(async () => {
  history = await createSignedHistory()
  log = new EventReader(join(history.dataDir, 'seedbank.db'))
  const pages = await Array.fromAsync(log.readChained(0 as Position, 13 as Position))
  leaves = pages.flat().map(({ leaf }) => leaf)
})
afterAll(() => {
  log.close()
  history.remove()
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const prove = async (position: number, size: number | null = null, of = log) =>
  proveEvent(of, position as Position, size)

describe('the proof of an event', () => {
  test('leads to the first checkpoint that covers it, or to all there is', async () => {
    for (let position = 1; position <= 13; position++) {
      const size = position <= 5 ? 5 : position <= 10 ? 10 : 13
      const note = position <= 5 ? history.early.note : position <= 10 ? history.late.note : null
      const first = leaves.slice(0, size)
      const proof = valueOf(await prove(position))
      expect(proof).toMatchObject({ size, index: position - 1, note, root: hex(recursiveRoot(first)) })
      expect(proof.path).toEqual(recursivePath(position - 1, first).map(hex))
      expect((JSON.parse(proof.text) as unknown[])[0]).toBe(position)
    }
  })

  test('leads to the note at hand, where its size is named', async () => {
    expect(valueOf(await prove(3, 10))).toMatchObject({ size: 10, note: history.late.note })
    expect(valueOf(await prove(3, 7))).toMatchObject({
      size: 7,
      note: null,
      root: hex(recursiveRoot(leaves.slice(0, 7))),
    })
  })

  test.each([
    [0, null],
    [14, null],
    [6, 5],
    [6, 14],
  ])('is refused for event %d and size %s', async (position, size) => {
    expect(await prove(position, size)).toEqual({ ok: false, error: { type: 'NotInLog', head: 13 } })
  })

  test('is not made from a log that is not what was signed', async () => {
    for (const sql of ["update event set actor = 'cli' where position = 3", 'delete from event where position = 4']) {
      const forged = new EventReader(join(copyRewritten(history.dataDir, sql), 'seedbank.db'))
      expect(await prove(2, null, forged)).toEqual({ ok: false, error: { type: 'LogAltered' } })
      forged.close()
    }
  })
})

test('that one checkpoint is the beginning of another is proven as the definition says', async () => {
  for (const [from, to] of [
    [5, 10],
    [0, 3],
    [13, 13],
    [4, 8],
  ] as const) {
    const path = recursiveConsistency(from, leaves.slice(0, to)).map(hex)
    expect(await proveConsistency(log, from, to)).toEqual({ ok: true, value: { from, to, path } })
  }
  for (const [from, to] of [
    [5, 4],
    [5, 14],
  ] as const) {
    expect(await proveConsistency(log, from, to)).toEqual({ ok: false, error: { type: 'NotInLog', head: 13 } })
  }
})
