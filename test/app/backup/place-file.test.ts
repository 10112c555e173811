import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { placeFile } from '../../../src/app/backup/place-file.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

/** Fails as the system does: with a code. */
function failWith(code: string): () => Promise<never> {
  return async () => {
    throw Object.assign(new Error(`${code}: no link`), { code })
  }
}

describe('a whole file', () => {
  test.each([undefined, failWith('EPERM'), failWith('ENOTSUP')])(
    'gets its name where nothing has it, also where there are no hard links',
    async (link) => {
      const folder = createTemporaryFolder()
      const [from, to] = [join(folder, 'whole'), join(folder, 'named')]
      writeFileSync(from, 'new')
      expect(await placeFile(from, to, link)).toBe(true)
      expect(readFileSync(to, 'utf8')).toBe('new')
      const newer = join(folder, 'newer')
      writeFileSync(newer, 'newer')
      expect(await placeFile(newer, to, link)).toBe(false)
      expect(readFileSync(to, 'utf8')).toBe('new')
    },
  )

  test('gets no name where the disk fails', async () => {
    const folder = createTemporaryFolder()
    writeFileSync(join(folder, 'whole'), 'new')
    await expect(placeFile(join(folder, 'whole'), join(folder, 'named'), failWith('EIO'))).rejects.toThrow('EIO')
    expect(readdirSync(folder)).toEqual(['whole'])
  })
})
