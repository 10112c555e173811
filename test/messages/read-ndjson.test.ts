import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MAX_LINE_BYTES, readNdjson, type NdjsonLine } from '../../src/messages/read-ndjson.ts'
import { jsonLine } from '../support/json-lines.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

describe('readNdjson', () => {
  test('takes LF, CRLF, blank lines, a byte order mark and no line feed at the end', async () => {
    const lines = await readLines(Buffer.from(`\uFEFF${jsonLine(1)}\r\n\n \r\n${jsonLine(2)}\n${jsonLine(3)}`))

    expect(lines.map(({ line, result }) => [line, result.ok])).toEqual([
      [1, true],
      [4, true],
      [5, true],
    ])
    expect(lines.at(-1)?.bytesRead).toBe(
      Buffer.byteLength(`\uFEFF${jsonLine(1)}\r\n\n \r\n${jsonLine(2)}\n${jsonLine(3)}`),
    )
  })

  test('reads an empty file', async () => {
    expect(await readLines(Buffer.alloc(0))).toEqual([])
  })

  test('names lines that are no UTF-8 and no JSON, and goes on', async () => {
    const lines = await readLines(Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(`{"a":\n${jsonLine(1)}\n`)]))

    expect(lines.map(({ line, result }) => [line, result.ok ? 'OK' : result.error.code])).toEqual([
      [1, 'INVALID_UTF8'],
      [2, 'INVALID_JSON'],
      [3, 'OK'],
    ])
  })

  test('skips a line that is too long, however long, and goes on', async () => {
    const lines = await readLines(
      Buffer.concat([Buffer.alloc(MAX_LINE_BYTES + 1, 'x'), Buffer.from(`\n${jsonLine(1)}`)]),
    )

    expect(lines.map(({ line, result }) => [line, result.ok ? 'OK' : result.error.code])).toEqual([
      [1, 'LINE_TOO_LONG'],
      [2, 'OK'],
    ])
  })

  test('finds every line wherever the blocks of the file are cut', async () => {
    const texts = Array.from({ length: 3_000 }, (_, index) => jsonLine(index, 'é'.repeat(index % 300)))

    const lines = await readLines(Buffer.from(texts.join('\n')))

    expect(lines.map(({ result }) => (result.ok ? result.value.timestamp : result.error))).toEqual(
      texts.map((_, index) => index),
    )
    expect(lines.map(({ bytesRead }) => bytesRead)).toEqual(
      lines.map(({ bytesRead }) => bytesRead).toSorted((a, b) => a - b),
    )
  })
})

async function readLines(bytes: Buffer): Promise<NdjsonLine[]> {
  const path = join(createTemporaryFolder(), 'lines.ndjson')
  await writeFile(path, bytes)
  await using file = await open(path)
  return await Array.fromAsync(readNdjson(file))
}
