import type Database from 'better-sqlite3'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { CommunityId } from '../domain/community-id.ts'
import type { ForgetImports } from './importing/forget-imports.ts'
import type { RemovedMessages } from './importing/removed-messages.ts'
import type { WipeData } from './wipe-thread.ts'
import type { Steps, WriteQueue } from './write-queue.ts'

/** What it works with. */
export interface ForgetParts {
  /** The writer's connection, which only steps of the queue use. */
  readonly db: Database.Database
  readonly file: string
  readonly queue: WriteQueue
  readonly removed: RemovedMessages
  readonly forgetImports: ForgetImports
}

interface StoredMessage {
  readonly sequence: number
  readonly bytes: number
}

const PAGE_ROWS = 500

/**
 * Prepares to delete all that is kept of a community, so that no byte of it is left in the file.
 *
 * `secure_delete` overwrites what is deleted. It does not reach what SQLite copied from one page to another before, and left
 * where it was: so the whole file is written anew, on a thread, while who records waits. The community's own row goes last:
 * where it is, the work is not done.
 */
export function createForgetCommunity(parts: ForgetParts): (communityId: CommunityId) => Promise<number> {
  const { db, file, queue } = parts
  const find = db.prepare<[CommunityId], number>('select number from communities where id = ?').pluck()
  const dropRow = db.prepare<[number]>('delete from communities where number = ?')
  const findMessage = db.prepare<[number], 1>('select 1 from messages where community = ? limit 1').pluck()
  const deleteAll = createDeleteAll(parts)

  /** Returns whether it is gone. What a step throws would take along what others record in the same transaction. */
  function* drop(communityId: CommunityId): Steps<boolean> {
    const community = find.get(communityId)
    if (community === undefined) return true
    if (findMessage.get(community) !== undefined) return false
    dropRow.run(community)
    yield 0
    return true
  }

  function* empty(communityId: CommunityId): Steps<number | null> {
    const community = find.get(communityId)
    return community === undefined ? null : yield* deleteAll(community)
  }

  return async (communityId) => {
    const deleted = await queue.run(`forget the messages of community ${communityId}`, empty(communityId))
    if (deleted === null) return 0
    await queue.alone(async () => wipe({ file }))
    const isGone = await queue.run(`forget community ${communityId}`, drop(communityId))
    if (!isGone) throw new Error(`Cannot forget community ${communityId}: messages of it were recorded meanwhile`)
    return deleted
  }
}

function createDeleteAll({ db, removed, forgetImports }: ForgetParts): (community: number) => Steps<number> {
  const page = db.prepare<[number], StoredMessage>(
    `select sequence, bytes from messages where community = ? limit ${PAGE_ROWS}`,
  )
  const deleteOne = db.prepare<[number]>('delete from messages where sequence = ?')
  const totals = ['topics', 'days'].map((table) => db.prepare<[number]>(`delete from ${table} where community = ?`))

  return function* deleteAll(community) {
    yield* removed.dropBefore(community, Number.MAX_SAFE_INTEGER)
    yield* forgetImports(community)
    let deleted = 0
    for (let rows = page.all(community); rows.length > 0; rows = page.all(community)) {
      for (const { sequence, bytes } of rows) {
        deleteOne.run(sequence)
        deleted += 1
        yield bytes
      }
    }
    for (const statement of totals) statement.run(community)
    return deleted
  }
}

/**
 * Waits for the end alone: where this thread was busy meanwhile, Node tells of a message and of the end in one go, so that who
 * awaits one after the other misses the second.
 *
 * @throws What the thread throws.
 */
async function wipe(workerData: WipeData): Promise<void> {
  const worker = new Worker(new URL('./wipe-thread.ts', import.meta.url), { workerData })
  // `once` rejects on 'error', which is what the thread threw.
  const [code] = (await once(worker, 'exit')) as [number]
  if (code !== 0) throw new Error(`Cannot write "${workerData.file}" anew: the thread ended with ${code}`)
}
