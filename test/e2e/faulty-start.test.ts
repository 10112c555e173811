import Database from 'better-sqlite3'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { spawnNodeProcess } from '../support/node-process.ts'
import { runSeedbank } from '../support/run-seedbank.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

interface BadStart {
  readonly what: string
  /** Made in a data directory that does not exist yet. */
  readonly harm: (dataDir: string) => void
  readonly code: number
  readonly says: RegExp
}

const BAD_STARTS: readonly BadStart[] = [
  {
    what: 'a data directory that is a file',
    harm: (dataDir) => writeFileSync(dataDir, 'a file'),
    code: 2,
    says: /^Cannot make the data directory "[^"]+": EEXIST: [^\n]+ set SEEDBANK_DATA_DIR to another\n$/,
  },
  {
    what: 'a data directory that cannot be written to',
    // Stands in for one that is read-only, which nothing is for root.
    harm: (dataDir) => mkdirSync(join(dataDir, 'lock.db'), { recursive: true }),
    code: 1,
    says: /^Cannot lock the data directory "[^"]+": unable to open database file: run this as the user [^\n]+doctor[^\n]+\n$/,
  },
  {
    what: 'a node key that is none',
    harm: (dataDir) => writeWithFolder(join(dataDir, 'keys', 'node'), 'no key'),
    code: 1,
    says: /^Cannot read the private key [^\n]+keys\/node: [^\n]+\n$/,
  },
  {
    what: 'a log of a newer program',
    harm: (dataDir) => createNewer(join(dataDir, 'seedbank.db')),
    code: 1,
    says: /^Cannot open "[^"]+seedbank.db": its schema is version 99, this program knows up to \d+\n$/,
  },
  {
    what: 'a log that is no database',
    harm: (dataDir) => writeWithFolder(join(dataDir, 'seedbank.db'), 'no database, whatever its name is'.repeat(99)),
    code: 1,
    says: /^Cannot write to "[^"]+seedbank.db": file is not a database: stop the node, and `seedbank restore` [^\n]+\n$/,
  },
  {
    what: 'messages of a newer program',
    harm: (dataDir) => createNewer(join(dataDir, 'messages.db')),
    code: 1,
    says: /^Cannot open the messages in "[^"]+messages.db": its schema is version 99, newer than this program's \d+\n$/,
  },
]

describe('a node that cannot start says why in one line', { timeout: 60_000 }, () => {
  test.each(BAD_STARTS)('$what', async ({ harm, code, says }) => {
    const dataDir = join(createTemporaryFolder(), 'data')
    harm(dataDir)
    const end = await spawnNodeProcess(dataDir).ended
    expect(end.errors).toMatch(says)
    expect(end.code).toBe(code)
  })

  test('and where from, when it is told to be that verbose', async () => {
    const dataDir = join(createTemporaryFolder(), 'data')
    createNewer(join(dataDir, 'messages.db'))
    const { code, errors } = await spawnNodeProcess(dataDir, { SEEDBANK_LOG_LEVEL: 'debug' }).ended
    expect(errors).toMatch(/^Cannot open the messages in .+\n.+\n? +at /s)
    expect(code).toBe(1)
  })
})

test('other commands say why in one line too', async () => {
  const folder = createTemporaryFolder()
  const file = join(folder, 'messages.ndjson')
  writeFileSync(file, '')
  const dataDir = join(folder, 'data')
  createNewer(join(dataDir, 'seedbank.db'))
  const community = `0x${'77'.repeat(32)}`
  const { code, errors } = await runSeedbank('record', file, '--community', community, '--data-dir', dataDir)
  expect({ code, errors }).toEqual({ code: 1, errors: expect.stringMatching(/^Cannot open "[^\n]+\n$/) })
})

function createNewer(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const db = new Database(file)
  db.pragma('user_version = 99')
  db.close()
}

function writeWithFolder(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
