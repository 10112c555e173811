import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CommunityId } from '../domain/community-id.ts'
import type { ParkableReactor } from '../domain/parking-events.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { openReader } from '../events/database.ts'
import { EventReader } from '../events/event-reader.ts'
import { readParked, type ParkedRow } from '../projections/parked.ts'
import type { ReadModels } from '../projections/read-models.ts'
import { askServer, ServerLost, type AskServer } from './ask-server.ts'
import { meta } from './begin-run.ts'
import { findServer } from './runtime-file.ts'
import { openStores } from './stores.ts'
import { describeNoLog } from './no-log.ts'

/** The wish was not granted, or cannot be made. */
export interface ParkingRefused {
  readonly type: 'ParkingRefused'
  /** For the operator. */
  readonly message: string
}

/** What becomes of parked work. */
export interface ParkingWish {
  readonly type: 'RetryParked' | 'SkipParked'
  readonly reactor: ParkableReactor
  readonly communityId: CommunityId
}

/** Reads what is parked, beside the process that writes the log, if there is one. @throws When the file is no log. */
export async function listParked(dataDir: string): Promise<Result<readonly ParkedRow[], ParkingRefused>> {
  const file = join(dataDir, 'seedbank.db')
  if (!existsSync(file)) return refuse(describeNoLog(file))
  // What this program cannot read is refused before its tables are.
  new EventReader(file).close()
  const db = openReader<ReadModels>(file)
  try {
    return ok(await readParked(db))
  } finally {
    await db.destroy()
  }
}

/**
 * Decides what becomes of parked work: through the server that runs on the data directory, or else, where none does, with the
 * directory locked for as long as it takes.
 *
 * @throws When the log fails.
 */
export async function decideParked(dataDir: string, wish: ParkingWish): Promise<Result<null, ParkingRefused>> {
  const file = join(dataDir, 'seedbank.db')
  // Opening would make one, in a folder that was mistyped as well.
  if (!existsSync(file)) return refuse(describeNoLog(file))
  await using closing = new AsyncDisposableStack()
  const stores = await openStores(dataDir, closing)
  if (stores.ok) {
    const granted = await stores.value.execute(wish, { ...meta(), actor: 'cli' })
    return granted.ok ? ok(null) : refuse(describeRefusal(granted.error.type, wish.communityId))
  }
  if (stores.error.type === 'DataDirectoryUnusable') return refuse(stores.error.message)
  const server = findServer(dataDir)
  if (!server.ok) return refuse(server.error)
  return await askFor(askServer(server.value), wish)
}

async function askFor(
  ask: AskServer,
  { type, reactor, communityId }: ParkingWish,
): Promise<Result<null, ParkingRefused>> {
  const name = `${type.charAt(0).toLowerCase()}${type.slice(1)}`
  const query = `mutation ($reactor: ParkableReactor!, $communityId: CommunityId!) {
    answer: ${name}(reactor: $reactor, communityId: $communityId) { __typename ... on Refusal { message } }
  }`
  try {
    const variables = { reactor: reactor.toUpperCase(), communityId }
    const { answer } = await ask<{ readonly answer: { readonly message?: string } }>(query, variables)
    return answer.message === undefined ? ok(null) : refuse(answer.message)
  } catch (error) {
    if (!(error instanceof ServerLost)) throw error
    return refuse(`${error.message}: try again once it runs`)
  }
}

/** In the words of the command line; the API has its own. */
function describeRefusal(type: string, communityId: CommunityId): string {
  if (type === 'NothingParked')
    return `Nothing of this kind is parked for ${communityId}: seedbank parked lists what is`
  if (type === 'CommunityNotFound') return `This node does not know community ${communityId}`
  return `It was refused: ${type}`
}

function refuse(message: string): Result<never, ParkingRefused> {
  return err({ type: 'ParkingRefused', message })
}
