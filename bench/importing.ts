/**
 * What taking messages over costs: importing an archive beside recording the same messages, and what it costs to remove
 * and put back as many; and how long a message waits that is recorded meanwhile.
 *
 * All in this process, on the same disk, one after the other. Run: `npm run bench -- importing`.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArchiveId, ImportId } from '../src/domain/archive.ts'
import type { CommunityId } from '../src/domain/community-id.ts'
import type { ContentTopic } from '../src/domain/content-topic.ts'
import type { Message } from '../src/domain/message.ts'
import type { UnixSeconds } from '../src/domain/time.ts'
import type { ArchiveBatch } from '../src/messages/importing/preview-import.ts'
import { openMessageStore, type MessageStore } from '../src/messages/message-store.ts'

const MESSAGES = 100_000
const PAYLOAD_BYTES = 500
const BATCH = 1_000

const communityId = `0x${'a1'.repeat(32)}` as CommunityId
const topic = '0x00c0ffee' as ContentTopic
const NO_BYTES = new Uint8Array()
const FROM = 1_700_000_000
const importIds = ['018f0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000002'] as ImportId[]
const [firstImport = '' as ImportId, secondImport = '' as ImportId] = importIds

function messageOf(n: number, timestamp = FROM + n): Message {
  const hash = createHash('sha256').update(`${n}`).digest()
  const payload = Buffer.alloc(PAYLOAD_BYTES, hash)
  return {
    sig: NO_BYTES,
    timestamp: timestamp as UnixSeconds,
    topic,
    payload,
    padding: NO_BYTES,
    hash,
    thirdPartyId: '',
  }
}

const messages = Array.from({ length: MESSAGES }, (_, n) => messageOf(n))
const range = { from: FROM as UnixSeconds, to: (FROM + MESSAGES) as UnixSeconds, contentTopics: [topic] }
const full = { id: `0x${'01'.repeat(32)}` as ArchiveId, ...range }
const empty = { id: `0x${'02'.repeat(32)}` as ArchiveId, ...range }

function* batches(): Generator<ArchiveBatch, void> {
  for (let start = 0; start < MESSAGES; start += BATCH) {
    yield { archiveId: full.id, messages: messages.slice(start, start + BATCH) }
  }
}

async function record(store: MessageStore): Promise<void> {
  for (const batch of batches()) await store.record(communityId, batch.messages)
}

async function importFull(store: MessageStore): Promise<void> {
  await takeOver(
    store,
    firstImport,
    full,
    Array.from(batches(), (batch) => batch.messages),
  )
}

/** Imports an archive without messages over the same range; all of them have to go, as the index names no other. */
async function removeAll(store: MessageStore): Promise<void> {
  await takeOver(store, secondImport, empty, [])
}

async function takeOver(
  store: MessageStore,
  importId: ImportId,
  archive: typeof full,
  ofArchive: readonly (readonly Message[])[],
): Promise<void> {
  const archives = [{ archiveId: archive.id, batches: ofArchive }]
  await store.imports.takeOver({ communityId, importId, index: [archive], archives })
}

async function measure(
  name: string,
  store: MessageStore,
  work: (store: MessageStore) => Promise<unknown>,
): Promise<void> {
  const waits: number[] = []
  let isDone = false
  const since = performance.now()
  const working = work(store).finally(() => (isDone = true))
  for (let n = 0; !isDone; n += 1) {
    const asked = performance.now()
    await store.record(communityId, [messageOf(-1 - n - Math.floor(since * 1_000), 5)])
    waits.push(performance.now() - asked)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await working
  const seconds = (performance.now() - since) / 1_000
  waits.sort((one, other) => one - other)
  const waited = [0.5, 0.99].map((part) => waits[Math.floor(waits.length * part)] ?? NaN)
  const cells = [Math.round(MESSAGES / seconds).toString(), ...waited.map((wait) => wait.toFixed(1))]
  console.log(name.padEnd(44) + cells.map((cell) => cell.padStart(14)).join(''))
}

const directory = mkdtempSync(join(tmpdir(), 'seedbank-bench-'))
const recorded = openMessageStore(join(directory, 'recorded.db'))
const imported = openMessageStore(join(directory, 'imported.db'))
try {
  console.log(
    `${MESSAGES} messages of ${PAYLOAD_BYTES} bytes`.padEnd(44) + '    messages/s  wait ms, p50           p99',
  )
  await measure('recording', recorded, record)
  await measure('importing, all new', imported, importFull)
  await measure('importing, all recorded before', recorded, importFull)
  await measure('looking for what has to go, nothing has', recorded, importFull)
  await measure('previewing, all recorded before', recorded, async ({ imports }) =>
    imports.preview({ communityId, index: [full], archives: batches() }),
  )
  await measure('removing all', imported, removeAll)
  await measure('putting all back', imported, async ({ imports }) => imports.undo(communityId, secondImport))
} finally {
  await recorded.close()
  await imported.close()
  rmSync(directory, { recursive: true, force: true })
}
