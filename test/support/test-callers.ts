import type { AccessRole } from '../../src/domain/access.ts'
import { err, ok } from '../../src/domain/result.ts'
import type { Authenticate, Caller } from '../../src/graphql/caller.ts'

/** Callers by their tokens: a token is the name of its role, in lower case, with anything behind it. */
export interface TestCallers {
  /** Without a token: nobody in particular. */
  readonly authenticate: Authenticate
  /** Ends whoever shows this token, as if it were revoked. */
  readonly revoke: (token: string) => void
}

const ROLES: Readonly<Record<string, AccessRole>> = {
  viewer: 'VIEWER',
  operator: 'OPERATOR',
  auditor: 'AUDITOR',
  admin: 'ADMIN',
}

export function createTestCallers(): TestCallers {
  const ends = new Map<string, AbortController>()
  const endOf = (token: string): AbortController => {
    const end = ends.get(token) ?? new AbortController()
    ends.set(token, end)
    return end
  }
  return {
    authenticate: async ({ token }) => {
      if (token === null) return ok(null)
      const role = ROLES[/^[a-z]+/.exec(token)?.[0] ?? '']
      if (role === undefined) return err({ type: 'TokenUnknown', message: 'This token is none of ours: ask for one.' })
      const { signal } = endOf(token)
      if (signal.aborted) return err({ type: 'TokenRevoked', message: 'This token was revoked: ask for another.' })
      const caller: Caller = { actor: `token:${token}`, grant: { role, communityIds: null }, ended: signal }
      return ok(caller)
    },
    revoke: (token) => endOf(token).abort('This token was revoked: ask for another.'),
  }
}
