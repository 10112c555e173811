import { execFile } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startNodeProcess } from '../support/node-process.ts'
import { copyRewritten } from '../support/rewritten-log.ts'
import { runSeedbank, type CommandEnd } from '../support/run-seedbank.ts'
import { createSignedHistory, type SignedHistory } from '../support/signed-history.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const SCRIPT = fileURLToPath(new URL('../../examples/verify-proof.mjs', import.meta.url))

let history: SignedHistory
beforeAll(async () => {
  history = await createSignedHistory()
})
afterAll(() => history.remove())

/** Checks a proof as somebody would who does not have Seedbank. */
async function checkProof(proof: string, publicKey: string): Promise<CommandEnd> {
  const file = join(createTemporaryFolder(), 'proof.json')
  writeFileSync(file, proof)
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, file, publicKey], (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors })
    })
  })
}

/** Files with these notes, in order. */
function kept(...notes: readonly string[]): readonly string[] {
  const folder = createTemporaryFolder()
  return notes.map((note, index) => {
    const file = join(folder, `note-${index}`)
    writeFileSync(file, note)
    return file
  })
}

describe('checkpoint and prove', { timeout: 60_000 }, () => {
  test('work where no node runs, and verify-log finds what they signed', async () => {
    const { dataDir, nodeKey } = { ...history, dataDir: copyRewritten(history.dataDir, 'select 1') }
    const out = join(createTemporaryFolder(), 'note')
    const signed = await runSeedbank('checkpoint', '--out', out, '--data-dir', dataDir)
    expect(signed).toMatchObject({
      code: 0,
      out: '',
      errors: expect.stringContaining(`Signed the log of 13 events: ${out}`),
    })
    expect(statSync(out).mode & 0o777).toBe(0o644)
    const again = await runSeedbank('checkpoint', '--data-dir', dataDir)
    expect(again).toMatchObject({ code: 0, out: readFileSync(out, 'utf8') })
    const note = statSync(out)
    expect(await runSeedbank('checkpoint', '--out', out, '--data-dir', dataDir)).toEqual({
      code: 2,
      out: '',
      errors: `There is a file ${out} already: name another, or move it away\n`,
    })
    expect(statSync(out)).toEqual(note)
    const verified = await runSeedbank('verify-log', '--checkpoint', out, '--key', nodeKey, '--data-dir', dataDir)
    expect(verified).toMatchObject({
      code: 0,
      errors: '',
      out: expect.stringContaining(`Checkpoints are checked with the key ${nodeKey}\n${out}: the log contains it`),
    })
  })

  test('work through a node that runs', async () => {
    const dataDir = join(createTemporaryFolder(), 'data')
    const node = await startNodeProcess(dataDir)
    onTestFinished(async () => void (await node.stop('SIGKILL')))
    const { code, out } = await runSeedbank('checkpoint', '--data-dir', dataDir)
    expect({ code, lines: out.split('\n').slice(1, 2) }).toEqual({ code: 0, lines: ['1'] })
    const [note = ''] = kept(out)
    const [verified, proof] = await Promise.all([
      runSeedbank('verify-log', '--checkpoint', note, '--data-dir', dataDir),
      runSeedbank('prove', '1', '--data-dir', dataDir),
    ])
    expect(verified).toMatchObject({ code: 0, errors: '', out: expect.stringContaining("this node's own key") })
    expect(proof).toMatchObject({ code: 0, errors: '', out: expect.stringContaining(out.trimEnd()) })
  })

  test('refuse what cannot be done', async () => {
    const { dataDir } = history
    const [unsigned, unproven, wrongKey] = await Promise.all([
      runSeedbank('checkpoint', '--data-dir', createTemporaryFolder()),
      runSeedbank('prove', '14', '--data-dir', dataDir),
      runSeedbank('verify-log', '--key', 'abc', '--data-dir', dataDir),
    ])
    expect(unsigned).toMatchObject({ code: 2, out: '', errors: expect.stringMatching(/^There is no log /) })
    const errors = 'The log has 13 events: name one of them, and a --size that covers it\n'
    expect(unproven).toEqual({ code: 2, out: '', errors })
    expect(wrongKey).toMatchObject({ code: 2, out: '', errors: expect.stringMatching(/^--key is "abc", but must be/) })
  })
})

test('verify-log says of each checkpoint what became of it', { timeout: 60_000 }, async () => {
  const forged = copyRewritten(history.dataDir, "update event set actor = 'cli' where position = 8")
  const [early = '', late = ''] = kept(history.early.note, history.late.note)
  const end = await runSeedbank('verify-log', '--checkpoint', early, '--checkpoint', late, '--data-dir', forged)
  expect(end).toMatchObject({
    code: 1,
    out: expect.stringContaining(`${early}: the log contains it`),
    errors: `${late}: ROOT_DIFFERS: an event from position 6 to 10 is not what was signed\n`,
  })
  const args = ['verify-log', '--json', '--checkpoint', early, '--checkpoint', late, '--data-dir', forged]
  const asJson = await runSeedbank(...args)
  expect({ ...asJson, out: JSON.parse(asJson.out) as unknown }).toMatchObject({
    code: 1,
    out: { fault: null, checkpointKey: history.nodeKey, checkpoints: [{ fault: null }, { fault: { position: 6 } }] },
  })
})

describe('the script that checks a proof', { timeout: 60_000 }, () => {
  test('takes a proof of a real log, and nothing that was changed in it', async () => {
    const { code, out: proof } = await runSeedbank('prove', '7', '--json', '--data-dir', history.dataDir)
    expect(code).toBe(0)
    const good = await checkProof(proof, history.nodeKey)
    expect(good).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Event 7 of the first 10 of seedbank\.\S+ is Seeding/),
    })
    expect(await checkProof(proof, history.late.noteKey)).toEqual(good)
    const changes: readonly (readonly [string | RegExp, string])[] = [
      [/"index": 6/, '"index": 5'],
      [/"size": 10/, '"size": 9'],
      [/\[7,/, '[8,'],
      ['SeedingStarted', 'SeedingStopped'],
      [/(?<="path": \[\s*")./, 'x'],
      [/\\n10\\n/, '\\n11\\n'],
      [/link ./, 'link z'],
    ]
    const ends = await Promise.all(
      changes.map(async ([what, by]) => checkProof(proof.replace(what, by), history.nodeKey)),
    )
    expect(ends.map((end) => end.code)).toEqual(changes.map(() => 1))
    expect(ends.every((end) => end.errors.startsWith('Not proven: '))).toBe(true)
    for (const text of ['no\nproof', '', '{}', 'null']) {
      const end = await checkProof(text, history.nodeKey)
      expect(end).toMatchObject({ code: 1, out: '', errors: expect.stringMatching(/^Not proven: .+\n$/) })
    }
    for (const key of ['ab'.repeat(32), '']) expect((await checkProof(proof, key)).code).toBe(1)
  })

  test('is at most 30 lines of code, and takes nothing of Seedbank', () => {
    const source = readFileSync(SCRIPT, 'utf8')
    expect(source.split('\n').filter((line) => /^\s*[^\s/]/.test(line)).length).toBeLessThanOrEqual(30)
    expect(source.match(/from '(.*)'/g)).toEqual(["from 'node:crypto'", "from 'node:fs'"])
  })
})
