import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { parseSettings } from '../../src/cli/parse-settings.ts'
import { filesOf, forgetMessages, openDamagedHistory } from '../support/damaged-history.ts'
import { flipByte } from '../support/file-damage.ts'
import { LOOPBACK } from '../support/node-process.ts'
import { runSeedbank } from '../support/run-seedbank.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { valueOf } from '../support/value-of.ts'

const UNKNOWN = `0x${'77'.repeat(32)}`

describe('verify', { timeout: 60_000 }, () => {
  test('where no node runs, names what is damaged, mends it, and ends with 0', async () => {
    const { dataDir, communityId, infoHashes, paths, before, close } = await openDamagedHistory()
    await close()
    flipByte(paths.data, 10)
    rmSync(paths.index)
    const { code, out, errors } = await runSeedbank('verify', '--data-dir', dataDir)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(filesOf(paths)).toEqual(before)
    const lines = out.split('\n')
    expect(lines[0]).toBe(communityId)
    expect(lines).toContain(`  ${infoHashes[1]}: 7 pieces checked, 2 damaged`)
    expect(out).toMatch(/^ {4}damaged: archive 0x[0-9a-f]{64}$/m)
    expect(out).toMatch(/^ {4}damaged: pieces 0, 6$/m)
    expect(out).toMatch(/^ {4}mended: archive 0x[0-9a-f]{64}, 1 pieces written, from messages$/m)
    expect(out).toMatch(/^ {4}mended: index, 1 pieces written, from log$/m)
    expect(out).not.toContain('still')
  })

  test('ends with 1 where damage remains, and says where', async () => {
    const history = await openDamagedHistory()
    forgetMessages(history)
    await history.close()
    flipByte(history.paths.data, 10)
    const { code, out } = await runSeedbank('verify', '--data-dir', history.dataDir)
    expect(code).toBe(1)
    expect(out).toMatch(/^ {4}still damaged: pieces 0$/m)
  })

  test('refuses a folder without a log, and makes none', async () => {
    const folder = join(createTemporaryFolder(), 'mistyped')
    const { code, out, errors } = await runSeedbank('verify', '--data-dir', folder)
    const line = `There is no log ${join(folder, 'seedbank.db')}: name the folder of one with --data-dir or SEEDBANK_DATA_DIR\n`
    expect({ code, out, errors }).toEqual({ code: 2, out: '', errors: line })
    expect(existsSync(folder)).toBe(false)
  })

  test('has a node that runs do it, and prints as JSON what came of it', async () => {
    const { dataDir, communityId, paths, before, close } = await openDamagedHistory()
    await close()
    const app = valueOf(await startApp(valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir }))))
    onTestFinished(async () => app.stop())
    flipByte(paths.data, before.data.length - 1)
    const args = ['verify', '--data-dir', dataDir, '--json', '--community']
    const [known, unknown] = await Promise.all([runSeedbank(...args, communityId), runSeedbank(...args, UNKNOWN)])
    expect({ code: known.code, errors: known.errors }).toEqual({ code: 0, errors: '' })
    const [ended] = JSON.parse(known.out) as [{ communityId: string; versions: readonly object[] }]
    expect(ended.communityId).toBe(communityId)
    expect(ended.versions[0]).toMatchObject({ remaining: null, code: null })
    expect(readFileSync(paths.data).equals(before.data)).toBe(true)
    expect(unknown.code).toBe(2)
    expect(unknown.errors).toContain('is not known to this node')
  })
})
