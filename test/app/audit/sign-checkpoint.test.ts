import Database from 'better-sqlite3'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSignCheckpoint } from '../../../src/app/audit/sign-checkpoint.ts'
import { openStores, type Stores } from '../../../src/app/stores.ts'
import type { DomainEvent } from '../../../src/domain/events.ts'
import type { Clock } from '../../../src/domain/magnet.ts'
import { EVENT_COLUMNS } from '../../../src/events/event-row.ts'
import { NODE_STREAM } from '../../../src/events/recorded-event.ts'
import { localMeta } from '../../support/local-meta.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { recursiveRoot } from '../../support/recursive-merkle-tree.ts'
import { copyRewritten } from '../../support/rewritten-log.ts'
import { seedingStarted } from '../../support/sample-events.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  parts.reduce<ReturnType<typeof createHash>>((sum, part) => sum.update(part), createHash('sha256')).digest()

interface Signing {
  readonly dataDir: string
  readonly stores: Stores
  readonly sign: ReturnType<typeof createSignCheckpoint>
  readonly close: () => Promise<void>
}

async function openSigning(dataDir: string, ...facts: readonly DomainEvent[]): Promise<Signing> {
  const closing = new AsyncDisposableStack()
  onTestFinished(async () => closing.disposeAsync())
  const stores = valueOf(await openStores(dataDir, closing))
  await recordFacts(stores.log, facts)
  return { dataDir, stores, sign: createSignCheckpoint(stores), close: async () => closing.disposeAsync() }
}

const seeding = [1, 2, 3, 4, 5].map((number) => seedingStarted(number))

async function checkpointsIn({ log }: Stores): Promise<number> {
  return (await log.read({ stream: NODE_STREAM, types: ['CheckpointSigned'], limit: 10 })).length
}

describe('a checkpoint', () => {
  test('says and proves what the specifications demand, read without the code under test', async () => {
    const { dataDir, stores, sign } = await openSigning(createTemporaryFolder(), ...seeding)
    const { position, size, note } = valueOf(await sign(localMeta()))
    expect({ position, size }).toEqual({ position: 6, size: 5 })

    const db = new Database(join(dataDir, 'seedbank.db'), { readonly: true })
    const rows = db.prepare<[], unknown[]>(`select ${EVENT_COLUMNS} from event order by position limit 5`).raw().all()
    const logId = db.prepare<[], string>('select log_id from log_identity').pluck().get()
    db.close()
    const leaves = rows.map((row) => sha256('\0', JSON.stringify(row)))
    const link = leaves.reduce((before, leaf) => sha256('\u0002', before, leaf), sha256(`\u0002${logId}`))
    const text = `seedbank.${logId}\n5\n${Buffer.from(recursiveRoot(leaves)).toString('base64')}\nlink ${link.toString('hex')}\n`
    const [noted, name, encoded] = /^— (\S+) (\S+)$/.exec(note.split('\n')[5] ?? '') ?? []
    expect(note).toBe(`${text}\n${noted}\n`)
    expect(name).toBe(`seedbank.${logId}`)
    const signed = Buffer.from(encoded ?? '', 'base64')
    const raw = Buffer.from(stores.keys.nodeKey, 'hex')
    expect(signed.subarray(0, 4)).toEqual(sha256(`${name}\n\u0001`, raw).subarray(0, 4))
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
      format: 'jwk',
    })
    expect(verify(null, Buffer.from(text), key, signed.subarray(4))).toBe(true)
  })

  test('is given again where nothing was recorded since, and signed anew where something was', async () => {
    const { stores, sign } = await openSigning(createTemporaryFolder(), ...seeding)
    const [first, second] = await Promise.all([sign(localMeta()), sign(localMeta())])
    expect(valueOf(second)).toEqual({ ...valueOf(first), position: null })
    expect(await checkpointsIn(stores)).toBe(1)
    await recordFacts(stores.log, [seedingStarted(6)])
    expect(valueOf(await sign(localMeta()))).toMatchObject({ position: 8, size: 7 })
    expect(await checkpointsIn(stores)).toBe(2)
  })

  test('is answered once for each key', async () => {
    const { stores, sign } = await openSigning(createTemporaryFolder(), ...seeding)
    const wish = { ...localMeta(), idempotency: { key: 'once', input: {} } }
    const first = valueOf(await sign(wish))
    await recordFacts(stores.log, [seedingStarted(6)])
    expect(valueOf(await sign(wish))).toEqual(first)
    expect(await sign({ ...wish, idempotency: { key: 'once', input: { other: true } } })).toMatchObject({
      error: { type: 'IdempotencyKeyReused' },
    })
  })

  test('of a log without events is that of nothing', async () => {
    const { sign } = await openSigning(createTemporaryFolder())
    const { note } = valueOf(await sign(localMeta()))
    expect(note.split('\n').slice(1, 3)).toEqual(['0', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='])
  })

  test('has the name of the log since it was brought back', async () => {
    const incarnation = '11111111-0000-4000-8000-000000000000'
    const { stores, sign } = await openSigning(createTemporaryFolder(), ...seeding)
    await recordFacts(stores.log, [{ type: 'LogRestored', data: { incarnation, clockFloor: 0 as Clock } }])
    const { note, noteKey } = valueOf(await sign(localMeta()))
    expect(note.split('\n')[0]).toBe(`seedbank.${incarnation}`)
    expect(noteKey.split('+')[0]).toBe(`seedbank.${incarnation}`)
    expect(valueOf(await sign(localMeta())).note).toBe(note)
  })
})

describe('a log that was altered is not vouched for', () => {
  test('where an event no longer fits its link', async () => {
    const { dataDir, stores, sign } = await openSigning(createTemporaryFolder(), ...seeding)
    const db = new Database(join(dataDir, 'seedbank.db'))
    db.exec("drop trigger event_is_never_updated; update event set actor = 'cli' where position = 3")
    db.close()
    expect(await sign(localMeta())).toEqual({ ok: false, error: { type: 'LogAltered' } })
    expect(await checkpointsIn(stores)).toBe(0)
  })

  test('where it is whole, and not what was signed before', async () => {
    const honest = await openSigning(createTemporaryFolder(), ...seeding)
    valueOf(await honest.sign(localMeta()))
    await recordFacts(honest.stores.log, [seedingStarted(6)])
    await honest.close()
    const forged = copyRewritten(honest.dataDir, "update event set actor = 'cli' where position = 3")
    const { stores, sign } = await openSigning(forged)
    expect(await stores.log.verify()).toBeNull()
    expect(await sign(localMeta())).toEqual({ ok: false, error: { type: 'LogAltered' } })
  })
})
