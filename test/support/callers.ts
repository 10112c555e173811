import type { AccessRole } from '../../src/domain/access.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import { ok } from '../../src/domain/result.ts'
import type { Authenticate, Caller } from '../../src/graphql/caller.ts'

/** Somebody with a role; `communityIds` null for all communities. */
export function callerOf(
  role: AccessRole,
  communityIds: readonly CommunityId[] | null = null,
  ended: AbortSignal | null = null,
): Caller {
  return { actor: `token:${role.toLowerCase()}`, grant: { role, communityIds }, ended }
}

/** Knows callers by their tokens, which are their names here. Who has none is nobody in particular. */
export function knowing(callers: Readonly<Record<string, Caller>>): Authenticate {
  return async ({ token }) => ok(token === null ? null : (callers[token] ?? null))
}

/** What one of them sends. */
export function headersOf(name: string | null): Readonly<Record<string, string>> {
  return name === null ? {} : { authorization: `Bearer ${name}` }
}
