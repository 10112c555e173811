import Database from 'better-sqlite3'
import { createPrivateKey, sign } from 'node:crypto'
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  parseTrustedKey,
  verifyCheckpoints,
  type CheckpointVerdict,
  type TrustedKey,
} from '../../../src/app/audit/verify-checkpoints.ts'
import { verifyLog } from '../../../src/app/verify-log.ts'
import { openEventLog } from '../../../src/events/sqlite-event-log.ts'
import { formatSignedNote } from '../../../src/formats/signed-note.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { copyRewritten } from '../../support/rewritten-log.ts'
import { seedingStarted } from '../../support/sample-events.ts'
import { createSignedHistory, type SignedHistory } from '../../support/signed-history.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

let history: SignedHistory
let other: SignedHistory
beforeAll(async () => {
  ;[history, other] = await Promise.all([createSignedHistory(), createSignedHistory()])
})
afterAll(() => {
  history.remove()
  other.remove()
})

/** What is said of a note, and of the early and the late one together where none is given. */
async function verdictsOn(
  dataDir: string,
  notes = [history.early.note, history.late.note],
  key: TrustedKey | null = null,
): Promise<readonly Omit<CheckpointVerdict, 'file'>[]> {
  const files = notes.map((note, index) => ({ file: String(index), note }))
  const { verdicts } = valueOf(await verifyCheckpoints(dataDir, files, key))
  expect(verdicts.map(({ file }) => file)).toEqual(files.map(({ file }) => file))
  return verdicts.map(({ size, fault }) => ({ size, fault }))
}

/** The chain alone tells nothing of what was done. */
async function expectWhole(dataDir: string): Promise<void> {
  expect((await verifyLog(dataDir)).ok).toBe(true)
}

const EARLY = { size: 5, fault: null }
const LATE = { size: 10, fault: null }

describe('a log', () => {
  test('that is what was signed contains both, by the key of its own node', async () => {
    expect(await verdictsOn(history.dataDir)).toEqual([EARLY, LATE])
    const { publicKey } = valueOf(await verifyCheckpoints(history.dataDir, [], null))
    expect(publicKey).toBe(history.nodeKey)
  })

  test.each([
    ['up to a checkpoint', 10, [EARLY, LATE]],
    ['within a checkpoint', 9, [EARLY, { size: 10, fault: { code: 'CUT_OFF', position: 10 } }]],
    [
      'to nothing',
      0,
      [
        { size: 5, fault: { code: 'CUT_OFF', position: 1 } },
        { size: 10, fault: { code: 'CUT_OFF', position: 1 } },
      ],
    ],
  ])('that was cut %s is told from what was signed', async (_what, last, verdicts) => {
    const cut = copyRewritten(history.dataDir, `delete from event where position > ${last}`)
    await expectWhole(cut)
    expect(await verdictsOn(cut)).toEqual(verdicts)
  })

  test.each([
    ['before both', 3, 1, 1],
    ['between them', 8, null, 6],
    ['after both', 12, null, null],
  ])('that was rewritten %s is told from what was signed', async (_what, position, early, late) => {
    const sql = `update event set actor = 'cli' where position = ${position}`
    const forged = copyRewritten(history.dataDir, sql)
    await expectWhole(forged)
    const faultAt = (at: number | null) => at && { code: 'ROOT_DIFFERS', position: at }
    expect(await verdictsOn(forged)).toEqual([
      { size: 5, fault: faultAt(early) },
      { size: 10, fault: faultAt(late) },
    ])
  })

  test('from which an event is gone is told from what was signed', async () => {
    const gap = copyRewritten(history.dataDir, 'delete from event where position = 7')
    expect(await verdictsOn(gap)).toEqual([EARLY, { size: 10, fault: { code: 'CUT_OFF', position: 7 } }])
  })

  test('whose events alone were changed, and none of the hashes beside them, is told from what was signed', async () => {
    const changed = copyRewritten(history.dataDir, 'select 1')
    const db = new Database(join(changed, 'seedbank.db'))
    db.exec("drop trigger event_is_never_updated; update event set actor = 'cli' where position = 3")
    db.close()
    expect(await verdictsOn(changed)).toMatchObject([
      { fault: { code: 'ROOT_DIFFERS', position: 1 } },
      { fault: { code: 'ROOT_DIFFERS', position: 1 } },
    ])
  })

  test('whose chain is another over the same events is told from what was signed', async () => {
    const text = history.late.note.slice(0, history.late.note.indexOf('\n\n') + 1).replace(/(?<=link ).{4}/, 'abcd')
    const key = createPrivateKey(readFileSync(join(history.dataDir, 'keys', 'node')))
    const [name = ''] = text.split('\n')
    const publicKey = Buffer.from(history.nodeKey, 'hex')
    const note = formatSignedNote(text, { name, publicKey }, sign(null, Buffer.from(text), key))
    expect(await verdictsOn(history.dataDir, [note])).toEqual([{ size: 10, fault: { code: 'LINK_DIFFERS' } }])
  })

  test('that is another is named', async () => {
    const key = valueOf(await verifyCheckpoints(history.dataDir, [], null)).publicKey
    const trusted = parseTrustedKey(key)
    expect(await verdictsOn(other.dataDir, [history.late.note], trusted)).toMatchObject([
      { size: null, fault: { code: 'OTHER_LOG', origin: history.late.note.split('\n')[0] } },
    ])
    // Its events are those of the note, and it took the other's name.
    const renamed = copyRewritten(
      history.dataDir,
      "update log_identity set log_id = '00000000-0000-4000-8000-000000000000'",
    )
    await expectWhole(renamed)
    expect(await verdictsOn(renamed, [history.late.note])).toMatchObject([{ fault: { code: 'OTHER_LOG' } }])
  })

  test('that was brought back from a back-up says which checkpoints it has no more', async () => {
    const restored = copyRewritten(history.dataDir, 'delete from event where position > 7')
    const log = openEventLog({ file: join(restored, 'seedbank.db'), projections: [] })
    const incarnation = '11111111-0000-4000-8000-000000000000'
    const data = { incarnation, clockFloor: 0 as never }
    await recordFacts(log, [{ type: 'LogRestored', data }, ...[9, 10, 11].map((number) => seedingStarted(number))])
    await log.close()
    expect(await verdictsOn(restored)).toEqual([EARLY, { size: null, fault: { code: 'RESTORED_SINCE', position: 8 } }])
  })
})

describe('a note', () => {
  test('counts by the key that is given, in hex or with its name', async () => {
    const { late, nodeKey, dataDir } = history
    for (const text of [nodeKey, nodeKey.toUpperCase(), late.noteKey]) {
      expect(await verdictsOn(dataDir, [late.note], parseTrustedKey(text))).toEqual([{ size: 10, fault: null }])
    }
    for (const text of [other.nodeKey, other.late.noteKey]) {
      expect(await verdictsOn(dataDir, [late.note], parseTrustedKey(text))).toEqual([
        { size: null, fault: { code: 'SIGNER_UNKNOWN' } },
      ])
    }
    for (const text of ['', 'aa', `${nodeKey}0`, 'name+key']) expect(parseTrustedKey(text)).toBeNull()
  })

  test.each([
    ['MALFORMED', (note: string) => note.slice(0, -1)],
    ['MALFORMED', (note: string) => note.replace('link', 'line')],
    ['SIGNATURE_INVALID', (note: string) => note.replace('\n10\n', '\n9\n')],
    [
      'SIGNER_UNKNOWN',
      (note: string) => note.replaceAll('seedbank.', 'seedbank.0').replaceAll(/(?<=seedbank\.0.{35})./g, ''),
    ],
  ])('that was changed is %s', async (code, change) => {
    expect(await verdictsOn(history.dataDir, [change(history.late.note)])).toMatchObject([
      { size: null, fault: { code } },
    ])
  })

  test('cannot be checked without a key', async () => {
    const keyless = createTemporaryFolder()
    cpSync(history.dataDir, keyless, { recursive: true })
    rmSync(join(keyless, 'keys'), { recursive: true })
    expect(await verifyCheckpoints(keyless, [], null)).toEqual({ ok: false, error: { type: 'NodeKeyMissing' } })
  })
})
