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
  const deleteAll = createDeleteAll(parts)

  function* drop(communityId: CommunityId): Steps<void> {
    const community = find.get(communityId)
    if (community !== undefined) dropRow.run(community)
    yield 0
  }

  function* empty(communityId: CommunityId): Steps<number | null> {
    const community = find.get(communityId)
    return community === undefined ? null : yield* deleteAll(community)
  }

  return async (communityId) => {
    const deleted = await queue.run(`forget the messages of community ${communityId}`, empty(communityId))
    if (deleted === null) return 0
    await queue.alone(async () => wipe({ file }))
    await queue.run(`forget community ${communityId}`, drop(communityId))
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

/** @throws What the thread throws. */
async function wipe(workerData: WipeData): Promise<void> {
  const worker = new Worker(new URL('./wipe-thread.ts', import.meta.url), { workerData })
  // `once` rejects on 'error', which is what the thread threw.
  await once(worker, 'message')
  await once(worker, 'exit')
}
