import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { LAST_UNIX_SECOND, type UnixSeconds } from '../../src/domain/time.ts'
import { openMessageStore, type MessageStore } from '../../src/messages/message-store.ts'
import {
  recordInto,
  recordNdjson,
  type NdjsonProgress,
  type RecordBatch,
  type RecordNdjsonResult,
  type RejectedLine,
} from '../../src/messages/record-ndjson.ts'
import { decodedMessage } from '../support/encoded-message.ts'
import { parseNdjson } from '../support/golden.ts'
import { jsonLine, jsonLines } from '../support/json-lines.ts'
import { messagesInMemory } from '../support/in-memory-messages.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const COMMUNITY = `0x${'a1'.repeat(32)}` as CommunityId
const GOLDEN = join(import.meta.dirname, '..', 'fixtures', 'golden', 'ties', 'messages-1.ndjson')

describe('recordNdjson', () => {
  test('records a golden file, and finds it all known when run again', async () => {
    const { store, run } = await start(GOLDEN)
    const golden = parseNdjson(await readFile(GOLDEN))
    const topics = [...new Set(golden.map(({ topic }) => topic))]

    expect(await run()).toEqual({ recorded: golden.length, duplicates: 0, rejected: 0 })
    expect(await run()).toEqual({ recorded: 0, duplicates: golden.length, rejected: 0 })

    const recordedUpTo = store.newestSequence()
    const range = { communityId: COMMUNITY, from: 0 as UnixSeconds, to: LAST_UNIX_SECOND, topics, recordedUpTo }
    const expected = messagesInMemory(golden, topics).inRange(range.from, range.to)
    expect([...store.readRange(range)].map(decodedMessage)).toEqual([...expected].map(decodedMessage))
  })

  test('reports bad lines with number and reason while the good ones go in', async () => {
    const named = `{"timestamp":1,"topic":"0x0000000a","payload":"0x01","hash":"0xaa"}`
    const { run, rejected } = await start(
      `${jsonLine(1)}\nrubbish\n${named}\n{"timestamp":-1}\n${named.replace('0x01', '0x02')}`,
    )

    expect(await run()).toEqual({ recorded: 2, duplicates: 0, rejected: 3 })
    expect(rejected.map(({ line, code, field }) => [line, code, field])).toEqual([
      [2, 'INVALID_JSON', null],
      [4, 'INVALID_TIMESTAMP', 'timestamp'],
      [5, 'CONFLICT', null],
    ])
  })

  test('records nothing of a file with a bad last line when it is strict', async () => {
    const { store, run, rejected, progress } = await start(`${jsonLines(2_500)}\nrubbish`)

    expect(await run({ strict: true })).toEqual({ recorded: 0, duplicates: 0, rejected: 1 })
    expect(rejected).toMatchObject([{ line: 2_501, code: 'INVALID_JSON' }])
    expect(store.newestSequence()).toBe(0)
    expect(new Set(progress.map(({ phase }) => phase))).not.toContain('RECORDING')
  })

  test('checks and then records a good file when it is strict, and tells how far it is', async () => {
    const { run, progress } = await start(jsonLines(6_000))

    expect(await run({ strict: true })).toMatchObject({ recorded: 6_000 })
    expect(new Set(progress.map(({ phase }) => phase))).toEqual(new Set(['CHECKING', 'RECORDING']))
    expect(progress.at(-1)?.bytesRead).toBe(progress.at(-1)?.totalBytes)
  })

  test('finishes what was interrupted when it is run again', async () => {
    const { store, run } = await start(jsonLines(3_500))
    const record = recordInto(store, COMMUNITY)
    let calls = 0
    const failing: RecordBatch = async (messages) => {
      calls += 1
      if (calls === 3) throw new Error('the server went away')
      return record(messages)
    }

    await expect(run({ record: failing })).rejects.toThrow('the server went away')
    expect(store.countMessages(COMMUNITY)).toBe(2_000)
    expect(await run()).toEqual({ recorded: 1_500, duplicates: 2_000, rejected: 0 })
  })

  test('keeps batches to 1,000 messages, and to 4 MiB save for a larger message', async () => {
    const large = `{"timestamp":1,"topic":"0x0000000a","payload":"0x${'00'.repeat(3_000_000)}","thirdPartyId":"`
    const { run, store } = await start(
      `${jsonLines(2_100)}\n${['a', 'b', 'c'].map((id) => `${large}${id}"}`).join('\n')}`,
    )
    const sizes: number[] = []

    await run({
      record: async (messages) => {
        sizes.push(messages.length)
        return recordInto(store, COMMUNITY)(messages)
      },
    })

    expect(sizes).toEqual([1_000, 1_000, 101, 1, 1])
  })

  test('says which file it cannot read', async () => {
    const { run } = await start('/absent/messages.ndjson')

    await expect(run()).rejects.toThrow('/absent/messages.ndjson')
  })
})

interface Run {
  readonly store: MessageStore
  readonly rejected: RejectedLine[]
  readonly progress: NdjsonProgress[]
  run(options?: { strict?: boolean; record?: RecordBatch }): Promise<RecordNdjsonResult>
}

/** A store, and a file: its path, or the text that it is to hold. */
async function start(fileOrText: string): Promise<Run> {
  const folder = createTemporaryFolder()
  const store = openMessageStore(join(folder, 'messages.db'))
  onTestFinished(() => store.close())
  const isPath = fileOrText.startsWith('/')
  const file = isPath ? fileOrText : join(folder, 'messages.ndjson')
  if (!isPath) await writeFile(file, fileOrText)
  const rejected: RejectedLine[] = []
  const progress: NdjsonProgress[] = []
  return {
    store,
    rejected,
    progress,
    run: ({ strict = false, record = recordInto(store, COMMUNITY) } = {}) =>
      recordNdjson({
        file,
        strict,
        record,
        onProgress: (each) => progress.push(each),
        onRejected: (each) => rejected.push(each),
      }),
  }
}
