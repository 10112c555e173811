import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openStores } from '../../src/app/stores.ts'
import { appendForeignEvent } from '../support/append-foreign-event.ts'
import { spawnNodeProcess } from '../support/node-process.ts'
import { runSeedbank } from '../support/run-seedbank.ts'
import { addSmallCommunity } from '../support/small-community.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

async function dataDirWith(type: string, version: number): Promise<{ dataDir: string; position: number }> {
  const dataDir = join(createTemporaryFolder(), 'data')
  await using closing = new AsyncDisposableStack()
  await addSmallCommunity(valueOf(await openStores(dataDir, closing)), 2)
  await closing.disposeAsync()
  return { dataDir, position: appendForeignEvent(join(dataDir, 'seedbank.db'), type, version) }
}

function filesIn(dataDir: string): readonly string[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).toSorted()
}

describe('a log with an event that this program does not know', { timeout: 60_000 }, () => {
  test.each([
    ['FutureThing', 1],
    ['ArchiveCreated', 2],
  ])(
    '%s version %d stops the node at its start, with its position and name, and nothing is changed',
    async (...kind) => {
      const { dataDir, position } = await dataDirWith(...kind)
      const file = join(dataDir, 'seedbank.db')
      const [bytes, files] = [readFileSync(file), filesIn(dataDir)]
      const says = `Cannot read the event at position ${position}: ${kind[0]} version ${kind[1]} is unknown: use the newer program that wrote it`

      const { code, errors } = await spawnNodeProcess(dataDir).ended
      expect({ code, errors }).toEqual({ code: 1, errors: `${says}\n` })
      expect(readFileSync(file).equals(bytes)).toBe(true)
      expect(filesIn(dataDir)).toEqual(files)

      const verified = await runSeedbank('verify-log', '--data-dir', dataDir)
      expect(verified).toMatchObject({
        code: 1,
        errors: expect.stringContaining(says),
        out: expect.stringContaining(`${position} events, chain whole`),
      })
      expect(readFileSync(file).equals(bytes)).toBe(true)
    },
  )
})
