import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openBackedUp } from '../support/backups.ts'
import { runSeedbank } from '../support/run-seedbank.ts'
import { addSmallCommunity } from '../support/small-community.ts'

test(
  'backup, restore, export and import-log say what they did, what is missing, and what they will not do',
  { timeout: 60_000 },
  async () => {
    // Somebody holds the lock all the time: what only reads works beside that.
    const { stores, dataDir, file } = await openBackedUp()
    await addSmallCommunity(stores, 3)
    const lines = join(dataDir, '..', 'log.ndjson')
    const run = async (command: string, target: string, folder: string): ReturnType<typeof runSeedbank> =>
      runSeedbank(
        command,
        ...(command === 'export' ? ['--out', target] : [target]),
        '--data-dir',
        join(dataDir, folder),
      )
    const [backup, exported] = await Promise.all([run('backup', file, '.'), run('export', lines, '.')])
    expect(backup).toMatchObject({ code: 0, errors: '' })
    const says = [
      /log up to event \d+ [0-9a-f]{64}/,
      /keys, tokens and webhooks are not in it/,
      /Archives are not in it/,
    ]
    for (const text of says) expect(backup.out).toMatch(text)
    expect(exported).toEqual({ code: 0, out: '', errors: '' })
    expect(readdirSync(dirname(lines)).filter((name) => name.includes('partial'))).toEqual([])

    const [restored, imported] = await Promise.all([
      run('restore', file, '../back'),
      run('import-log', lines, '../copy'),
    ])
    expect(restored).toMatchObject({
      code: 0,
      out: expect.stringMatching(/from here on the log is called [0-9a-f-]{36}/),
    })
    const head = (readFileSync(lines, 'utf8').trimEnd().split('\n').at(-1) ?? '').match(/[0-9a-f]{64}/)?.[0] ?? 'none'
    expect(imported).toMatchObject({ code: 0, out: expect.stringContaining(head) })

    writeFileSync(lines, 'no log')
    const refused = await Promise.all([
      run('backup', file, '.'),
      run('export', lines, '.'),
      run('restore', file, '../back'),
      run('import-log', lines, '../other'),
      run('backup', join(dataDir, 'none', 'b'), '.'),
    ])
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 1, 2])
    expect(refused.map(({ errors }) => errors.trimEnd().split('\n').length)).toEqual([1, 1, 1, 1, 1])
    expect(refused.at(-1)?.errors).toBe(`There is no folder ${join(dataDir, 'none')}: make it first\n`)
  },
)
