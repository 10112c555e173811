import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '../../domain/result.ts'
import type { SignedCheckpoint } from '../../graphql/wishes.ts'
import { askServer, ServerLost, type AskServer } from '../ask-server.ts'
import { meta } from '../begin-run.ts'
import { findServer } from '../runtime-file.ts'
import { openStores } from '../stores.ts'
import { createSignCheckpoint } from './sign-checkpoint.ts'
import { describeNoLog } from '../no-log.ts'

/** Nothing was signed. */
export interface CheckpointRefused {
  /** `LogAltered`: the log is not what was written. */
  readonly type: 'CheckpointRefused' | 'LogAltered'
  /** For the operator. */
  readonly message: string
}

/** What the operator is told of a checkpoint. */
export type MadeCheckpoint = Pick<SignedCheckpoint, 'size' | 'note' | 'noteKey'>

const SIGN = `mutation {
  signCheckpoint {
    __typename
    ... on SignCheckpointAccepted { size note noteKey }
    ... on Refusal { message }
  }
}`

interface SignAnswer {
  readonly signCheckpoint: { readonly __typename: string; readonly message?: string } & Partial<MadeCheckpoint>
}

/**
 * Signs a checkpoint: through the server that runs on the data directory, or else, where none does, with the directory
 * locked for as long as it takes.
 *
 * @throws When the log fails.
 */
export async function makeCheckpoint(dataDir: string): Promise<Result<MadeCheckpoint, CheckpointRefused>> {
  const logFile = join(dataDir, 'seedbank.db')
  // Opening would make one, in a folder that was mistyped as well.
  if (!existsSync(logFile)) return refuse(describeNoLog(logFile))
  await using closing = new AsyncDisposableStack()
  const stores = await openStores(dataDir, closing)
  if (stores.ok) {
    const signed = await createSignCheckpoint(stores.value)({ ...meta(), actor: 'cli' })
    if (signed.ok) return signed
    return err({
      type: 'LogAltered',
      message: 'The log was altered, and is not vouched for: see where with verify-log',
    })
  }
  if (stores.error.type === 'DataDirectoryUnusable') return refuse(stores.error.message)
  const server = findServer(dataDir)
  if (!server.ok) return refuse(server.error)
  return await askFor(askServer(server.value))
}

async function askFor(ask: AskServer): Promise<Result<MadeCheckpoint, CheckpointRefused>> {
  try {
    const { __typename: type, message = type, size, note, noteKey } = (await ask<SignAnswer>(SIGN, {})).signCheckpoint
    if (size !== undefined && note !== undefined && noteKey !== undefined) return ok({ size, note, noteKey })
    return err({ type: type === 'LogAltered' ? type : 'CheckpointRefused', message })
  } catch (error) {
    if (!(error instanceof ServerLost)) throw error
    return refuse(`${error.message}: try again once it runs`)
  }
}

function refuse(message: string): Result<never, CheckpointRefused> {
  return err({ type: 'CheckpointRefused', message })
}
