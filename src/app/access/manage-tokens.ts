import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TokenId } from '../../domain/access-token.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { openReader } from '../../events/database.ts'
import { EventReader } from '../../events/event-reader.ts'
import type { CreatedToken, CreateTokenInput } from '../../graphql/token-wishes.ts'
import type { ReadModels } from '../../projections/read-models.ts'
import { readTokens, type TokenRow } from '../../projections/tokens.ts'
import { askServer, ServerLost, type AskServer } from '../ask-server.ts'
import { meta, refuseArchivesWithoutLog } from '../begin-run.ts'
import { describeNoLog } from '../no-log.ts'
import { findServer } from '../runtime-file.ts'
import { openStores, type Stores } from '../stores.ts'
import { createCreateToken } from './create-token.ts'
import { describeTokenRefusal } from './describe-token-refusal.ts'

/** The wish was not granted, or cannot be made. */
export interface TokensRefused {
  readonly type: 'TokensRefused'
  /** For the operator. */
  readonly message: string
}

/** A token, and what its holder sends: it is kept nowhere, and told once. */
export interface MadeToken extends Pick<CreatedToken, 'tokenId'> {
  readonly secret: string
}

/** Reads all tokens that were ever made, beside the process that writes the log, if there is one. @throws When the file is no log. */
export async function listTokens(dataDir: string): Promise<Result<readonly TokenRow[], TokensRefused>> {
  const file = join(dataDir, 'seedbank.db')
  if (!existsSync(file)) return refuse(describeNoLog(file))
  // What this program cannot read is refused before its tables are.
  new EventReader(file).close()
  const db = openReader<ReadModels>(file)
  try {
    return ok(await readTokens(db))
  } finally {
    await db.destroy()
  }
}

/**
 * Makes a token: through the server that runs on the data directory, or else with the directory locked. Where there is no
 * log yet one is begun, as the first token may be wanted before the first start.
 *
 * @throws When the log fails, or is new beside archives that an older one has to name.
 */
export async function createTokenOf(
  dataDir: string,
  input: CreateTokenInput,
  now: () => UnixMillis,
): Promise<Result<MadeToken, TokensRefused>> {
  return through(dataDir, {
    async locked({ execute, ...stores }) {
      refuseArchivesWithoutLog(stores)
      const created = await createCreateToken({ execute, now })(input, { ...meta(), actor: 'cli' })
      return created.ok ? withSecret(created.value) : refuse(describeTokenRefusal(created.error))
    },
    async asked(ask) {
      const { answer } = await ask<CreateAnswer>(CREATE, { ...input, expiresAt: textOf(input.expiresAt) })
      const { message, secret = null, token } = answer
      return token === undefined ? refuse(message ?? 'It was refused') : withSecret({ tokenId: token.tokenId, secret })
    },
  })
}

/** Revokes a token, the same way. @throws When the log fails. */
export async function revokeTokenOf(dataDir: string, tokenId: TokenId): Promise<Result<null, TokensRefused>> {
  const file = join(dataDir, 'seedbank.db')
  // Opening would make one, in a folder that was mistyped as well.
  if (!existsSync(file)) return refuse(describeNoLog(file))
  return through<null>(dataDir, {
    async locked({ execute }) {
      const revoked = await execute({ type: 'RevokeToken', tokenId }, { ...meta(), actor: 'cli' })
      return revoked.ok ? ok(null) : refuse(describeTokenRefusal(revoked.error))
    },
    async asked(ask) {
      const { answer } = await ask<{ readonly answer: { readonly message?: string } }>(REVOKE, { tokenId })
      return answer.message === undefined ? ok(null) : refuse(answer.message)
    },
  })
}

const CREATE = `mutation ($role: AccessRole!, $communityIds: [CommunityId!], $expiresAt: DateTime) {
  answer: createToken(role: $role, communityIds: $communityIds, expiresAt: $expiresAt) {
    ... on CreateTokenAccepted { secret token { tokenId } } ... on Refusal { message }
  }
}`
const REVOKE = `mutation ($tokenId: TokenId!) {
  answer: revokeToken(tokenId: $tokenId) { __typename ... on Refusal { message } }
}`

interface CreateAnswer {
  readonly answer: {
    readonly message?: string
    readonly secret?: string | null
    readonly token?: { readonly tokenId: TokenId }
  }
}

interface Ways<Value> {
  /** With the directory locked. */
  readonly locked: (stores: Stores) => Promise<Result<Value, TokensRefused>>
  /** Through the server. */
  readonly asked: (ask: AskServer) => Promise<Result<Value, TokensRefused>>
}

async function through<Value>(dataDir: string, { locked, asked }: Ways<Value>): Promise<Result<Value, TokensRefused>> {
  await using closing = new AsyncDisposableStack()
  const stores = await openStores(dataDir, closing)
  if (stores.ok) return await locked(stores.value)
  if (stores.error.type === 'DataDirectoryUnusable') return refuse(stores.error.message)
  const server = findServer(dataDir)
  if (!server.ok) return refuse(server.error)
  try {
    return await asked(askServer(server.value))
  } catch (error) {
    if (!(error instanceof ServerLost)) throw error
    return refuse(`${error.message}: try again once it runs`)
  }
}

function withSecret({ tokenId, secret }: Pick<CreatedToken, 'tokenId' | 'secret'>): Result<MadeToken, TokensRefused> {
  // It is withheld from who repeats a wish, which is not done here.
  if (secret === null) throw new Error(`Cannot tell the secret of token ${tokenId}: it was made before`)
  return ok({ tokenId, secret })
}

function textOf(at: UnixMillis | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

function refuse(message: string): Result<never, TokensRefused> {
  return err({ type: 'TokensRefused', message })
}
