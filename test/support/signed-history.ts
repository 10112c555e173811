import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSignCheckpoint } from '../../src/app/audit/sign-checkpoint.ts'
import { openStores } from '../../src/app/stores.ts'
import type { SignedCheckpoint } from '../../src/graphql/wishes.ts'
import { localMeta } from './local-meta.ts'
import { recordFacts } from './record-facts.ts'
import { seedingStarted } from './sample-events.ts'
import { valueOf } from './value-of.ts'

/** A data directory that nobody has open, and the checkpoints that were signed of its log. */
export interface SignedHistory {
  readonly dataDir: string
  /** Of 5 events; its own is number 6. */
  readonly early: SignedCheckpoint
  /** Of 10 events, and the log ends at 13. */
  readonly late: SignedCheckpoint
  /** The node's public key, 32 bytes in hex. */
  readonly nodeKey: string
  remove(): void
}

/** Makes a log of 13 events that was signed twice. It stays until it is removed, so that a file of tests can share it. */
export async function createSignedHistory(): Promise<SignedHistory> {
  const dataDir = mkdtempSync(join(tmpdir(), 'seedbank-signed-'))
  await using closing = new AsyncDisposableStack()
  const stores = valueOf(await openStores(dataDir, closing))
  const sign = createSignCheckpoint(stores)
  const record = async (...numbers: readonly number[]): Promise<void> =>
    recordFacts(
      stores.log,
      numbers.map((number) => seedingStarted(number)),
    )
  await record(1, 2, 3, 4, 5)
  const early = valueOf(await sign(localMeta()))
  await record(7, 8, 9, 10)
  const late = valueOf(await sign(localMeta()))
  await record(12, 13)
  const { nodeKey } = stores.keys
  return { dataDir, early, late, nodeKey, remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}
