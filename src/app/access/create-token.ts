import { makeToken } from '../../access/access-secret.ts'
import type { Execute } from '../../commands/command-meta.ts'
import { ok } from '../../domain/result.ts'
import type { UnixMillis } from '../../domain/time.ts'
import type { TokenWishes } from '../../graphql/token-wishes.ts'

export interface CreateTokenPorts {
  readonly execute: Execute
  readonly now: () => UnixMillis
}

/** Creates what makes tokens: their secrets leave the node in the answer, and are nowhere else. */
export function createCreateToken({ execute, now }: CreateTokenPorts): TokenWishes['createToken'] {
  return async (input, meta) => {
    const { secret, ...made } = makeToken()
    const created = await execute({ type: 'CreateToken', ...made, ...input, now: now() }, meta)
    if (!created.ok) return created
    const { position, result } = created.value
    const tokenId = result.tokenId ?? made.tokenId
    // Granted before: the receipt names the token of then, whose secret was given then.
    return ok({ position, tokenId, secret: tokenId === made.tokenId ? secret : null })
  }
}
