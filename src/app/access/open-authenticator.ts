import { createAuthenticator, type Authenticator } from '../../access/authenticator.ts'
import type { Position } from '../../events/recorded-event.ts'
import { readTokenByHash } from '../../projections/tokens.ts'
import type { NodeBase } from '../node-base.ts'
import { pause } from '../pause.ts'
import type { AccessRules } from './check-access.ts'

export interface AuthenticatorUses {
  readonly rules: AccessRules
  /** What the command line shows: `runtime.json` tells it to whoever may read the data directory. */
  readonly runtimeSecret: string
}

/** How long the log is left alone after it could not be read, in milliseconds. */
const FAULT_PAUSE_MS = 1_000

/** Creates what tells who speaks to the node, until it stops: tokens are read anew each time, and followed as they are revoked. */
export function openAuthenticator(
  { stores, wallClock, log }: Pick<NodeBase, 'stores' | 'wallClock' | 'log'>,
  { rules, runtimeSecret }: AuthenticatorUses,
  starting: AsyncDisposableStack,
): Authenticator['authenticate'] {
  const { isRequired, verifyJwt, isolation } = rules
  if (isolation !== null) log.error(isolation)
  const authenticator = createAuthenticator({
    isRequired,
    verifyJwt,
    runtimeSecret,
    readTokenByHash: async (hash) => readTokenByHash(stores.db, hash),
    clock: wallClock,
    onFault: (fault) => log.warn(fault, 'Cannot check JWTs'),
  })
  const stopping = new AbortController()
  const followed = followRevocations(stores.log.head(), authenticator, { stores, log }, stopping.signal)
  starting.defer(async () => {
    stopping.abort()
    authenticator.stop()
    await followed
  })
  return authenticator.authenticate
}

/** Where the log cannot be read, it is followed again from where it was left: nobody is let in meanwhile either. */
async function followRevocations(
  head: Position,
  { revoke }: Pick<Authenticator, 'revoke'>,
  { stores, log }: Pick<NodeBase, 'stores' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  let after = head
  while (!signal.aborted) {
    try {
      for await (const { event, position } of stores.log.tail(after, signal)) {
        after = position
        if (event.type === 'TokenRevoked') revoke(event.data.tokenId)
      }
      return
    } catch (fault) {
      log.error(fault, 'Cannot follow which tokens are revoked, and will try again')
      await pause(FAULT_PAUSE_MS, signal)
    }
  }
}
